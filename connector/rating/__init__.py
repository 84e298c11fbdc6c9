"""Rating: from work, usage, contracts and decisions to statements, and from statements to what is due. Pure.

Where a new line goes, in the order in which the rooms are entered:

- what was agreed, made ready: `compile`, `compile_pools` (the written model becomes `terms` and `rows`)
- which contract, row and allowances hold for some work: `choose`; what one unit costs: `price`
- work cut and rounded: `pieces`, `localtime`, `rounding`
- allowances and blocks: `allowances` (one pool), `reservoir` (all of a period), `cover` (what a piece draws)
- calls, visits and entries: `calls`; tiers: `tiers`
- the one fate of each stretch: `gates`, `settle`, `fates`, `doubts`, `short`
- lines: `lines`, `charges` and `adjust` (surcharges, limits, SLA credits), `fees`, `purchases`,
  `commitments`, `usage`, with `proration` and `spans`
- a period, on one screen: `rate`, opened by `begin`; periods one after the other: `history`
- what is due and on which documents: `due`, `parts`, `digest`; what an edit changes: `changes`; `budget`
"""
