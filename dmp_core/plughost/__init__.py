"""Where plugins live: found, admitted, guarded. A plugin that raises changes nothing for the others."""
