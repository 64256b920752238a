"""``python -m bench`` measures the wallet."""

from bench.wallet import main

main()
