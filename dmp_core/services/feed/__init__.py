"""From a saved record to the DMP's answer: intake, composing, delivery, correction, the bonus."""
