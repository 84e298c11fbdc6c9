"""`make bench`."""

from benchmarks.demo import demo
from benchmarks.rating import rating
from benchmarks.run import main

main([rating, demo])
