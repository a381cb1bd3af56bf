"""Checks domains with checkdmarc, DNS only: peer.py ADDRESS < domains. It asks at port 53 whatever it is told. Prints how many it read."""

import sys

import checkdmarc

domains = sys.stdin.read().split()
results = checkdmarc.check_domains(domains, skip_tls=True, nameservers=[sys.argv[1]], timeout=5.0)
results = results if isinstance(results, list) else [results]
print(sum(1 for result in results if result["spf"].get("valid") and result["dmarc"].get("valid")))
