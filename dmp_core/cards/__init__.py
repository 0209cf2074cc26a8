"""Cards and readers: the carte Vitale, the CPS, the PIN. pyscard and PKCS#11 appear here only."""
