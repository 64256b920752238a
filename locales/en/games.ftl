# The games' own words. Money arrives already formatted.

game-category-slots = Slots
game-category-live = Live casino
game-category-crash = Crash
game-category-table = Table games
game-category-instant = Instant

## Every house game

game-stake = Bet
game-stake-limits = { $minimum } – { $maximum }
game-stake-max = Max
game-stake-missing = Enter a bet
game-stake-low = Min { $amount }
game-stake-high = Max { $amount }
game-stake-unfunded = Not enough on this balance
game-staked = Bet { $amount }
game-profit = Profit on win
game-won = Won { $amount }
game-no-win = { $amount }
game-deposit-to-play = Deposit to play
game-other-currency = This game does not take { $currency }.
game-bet-check = Check my bet
game-bet-unknown = No answer from the house. Your bet may stand: check it, it is never taken twice.
game-my-bets = My bets
game-no-bets = No bets yet
game-no-bets-note = Your rounds are listed here, each with its proof.
game-rules = Rules
game-limits = Bet limits
game-more = More
game-less = Less

## Dice

game-dice-title = Dice
game-dice-roll = Roll
game-dice-odds = { $chance }% chance to win
game-dice-multiplier = Multiplier
game-dice-under = Roll under
game-dice-over = Roll over
game-dice-chance = Win chance
game-dice-turn = Swap under and over
game-dice-slider = Border of the win zone
game-dice-last = Last rolls
game-dice-no-rolls = Your last rolls appear here
game-dice-rules-roll = A roll is a number from 0.00 to 99.99, each of the 10,000 equally likely. Roll under wins below the border, roll over wins above it.
game-dice-rules-pay = A win pays the bet times the multiplier. Over time { $rtp }% of all bets go back to players, at any chance you choose.
game-dice-rules-rounding = Payouts are cut to the smallest unit of the currency. The multiplier shown is rounded to four decimals; the payout uses the exact fraction.
