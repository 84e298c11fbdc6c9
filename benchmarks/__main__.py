"""`make bench`."""

from benchmarks.demo import demo
from benchmarks.planning import planning
from benchmarks.rating import rating
from benchmarks.run import main

main([rating, planning, demo])
