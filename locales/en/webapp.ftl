# The Mini App around the games. Money arrives already formatted.

## Frame

app-nav = Main menu
app-nav-home = Home
app-nav-wallet = Wallet
app-nav-history = History
app-nav-profile = Profile
app-mode-demo = Demo
app-mode-testnet = Testnet
app-balance-open = Choose the balance to play with
app-reconnecting = Reconnecting…
app-loading = Loading…
app-back = Back
app-close = Close
app-clear = Clear
app-retry = Try again
app-reload = Reload
app-load-more = Load more
app-copy-label = Copy: { $what }
app-copy-failed = Could not copy. Select the text by hand.
app-request-id = Reference: { $id }
app-support = Ask support
app-open-bot = Open the bot
app-error-network = No connection. Check your network and try again.
app-error-unexpected = Something went wrong on our side. Please try again.
app-broken-title = This page broke
app-broken-note = Your balance and your bets are safe with the house. Reload to go on.
app-reopen-title = Please open the app again
app-reopen-note = Your sign-in is too old. Close this window and open the app from the chat.
app-frozen = Your account is frozen: bets are off for now. Ask support in the chat.
app-notice-unfrozen = Your account is open again: you can play.
app-notice-other = There is news about your account. Ask support in the chat.

## Lobby

app-hero = Highlights
app-hero-dice-title = Dice, by the house
app-hero-dice-note = { $rtp }% return, and a proof for every roll
app-hero-dice-note-plain = A proof for every roll
app-hero-dice-action = Roll now
app-hero-deposit-title = Top up with { $currency }
app-hero-deposit-note = From { $amount }, credited by itself when it arrives
app-hero-fair-title = Do not trust. Check.
app-hero-fair-note = Every house round can be recomputed in your own browser
app-hero-fair-action = How it works
app-search = Search
app-search-games = Search games and studios
app-search-nothing = Nothing found for “{ $text }”
app-search-nothing-note = Try another name, or part of it.
app-category-all = All
app-row-unfinished = Continue playing
app-row-recent = Recently played
app-row-favourites = Favourites
app-row-house = House originals
app-row-popular = Popular
app-row-new = New
app-row-studios = Studios
app-categories = Kinds of games
app-see-all = See all
app-see-all-of = All { $count }
app-all-games = All games
app-games = { $count ->
        [one] { $count } game
       *[other] { $count } games
    }
app-unavailable = Temporarily unavailable
app-unavailable-title = “{ $title }” is temporarily unavailable
app-unavailable-note = It opens by itself as soon as it is back. Your balance is safe.
app-unavailable-tapped = “{ $title }” is temporarily unavailable. It comes back by itself.
app-unfinished-staked = Bet { $amount }
app-house-game = House game
app-rtp = RTP { $rtp }%
app-no-games = No games right now
app-no-games-note = The house is changing the tables. Come back in a moment.
app-no-matches = No game has all of this
app-no-matches-note = Take a filter away, or start over.
app-no-recent = Nothing played yet
app-no-favourites = No favourites yet
app-no-favourites-note = Tap the heart on a game, and it waits for you here.
app-favourite = Favourite: { $title }
app-favourite-failed = Could not save it. Please try again.
app-sort = Order
app-sort-popular = Popular first
app-sort-new = Newest first
app-sort-title = By title
app-sort-rtp = Highest RTP
app-filters = Filters
app-filters-reset = Reset
app-filters-apply = Show games
app-filters-show = Show { $count ->
        [one] { $count } game
       *[other] { $count } games
    }
app-filter-remove = Remove filter: { $name }
app-filter-mode = Offers
app-filter-any = Any
app-filter-demo = Demo
app-filter-free-spins = Free spins
app-filter-volatility = Volatility
app-filter-volatility-is = Volatility: { $level }
app-volatility-low = Low
app-volatility-medium = Medium
app-volatility-high = High
app-filter-features = Features
app-feature-bonus-buy = Bonus buy
app-feature-jackpot = Jackpot
app-feature-megaways = Megaways
app-feature-free-spins = Free spins
app-feature-cluster = Cluster pays
app-feature-hold-and-win = Hold and win
app-filter-studio = Studio
app-filter-find-studio = Find among { $count } studios
app-help-and-limits = Limits and help
app-footer-note = For adults. Play for fun and know when to stop.

## Balances and deposits

app-balances = Balances
app-choose-currency = Choose another balance
app-play-money = Play money
app-real-money = Real money
app-held = { $amount } on hold
app-bonus = { $amount } bonus
app-wallet = Wallet
app-wallet-history = History
app-deposit = Deposit
app-amount = Amount
app-minimum = At least { $amount }
app-no-methods = No way to deposit right now
app-no-methods-note = The cashier is closed for the moment. Your balance is untouched.
app-play-money-note = Play money is free, has no value and cannot be withdrawn.
app-deposit-add = Add { $amount }
app-deposit-waiting = Waiting for your transfer
app-deposit-credited = Credited
app-deposit-done = Credited to your balance
app-deposit-memo = Memo (comment), required
app-deposit-memo-warning = Send with exactly this memo. Without it we cannot tell that the money is yours, and only staff can sort it out.
app-deposit-address = { $currency } address
app-deposit-qr = QR code with address and memo
app-deposit-open-wallet = Open a wallet app
app-deposit-minimum = At least { $amount }. Smaller amounts are not credited.
app-deposit-trouble = We see transfers late at the moment. What you send is not lost: it is credited as soon as we see it.
app-no-deposits = No deposits yet
app-no-deposits-note = Deposits appear here as soon as they are credited.
app-all-movements = All movements
app-play-now = Play

## History

app-history = History
app-history-empty = Nothing here yet
app-history-empty-note = Bets, wins and deposits are listed here, newest first.
app-to-games = To the games
app-entry = Movement
app-entry-at = Time
app-entry-game = Game
app-entry-balance = Balance after
app-entry-round = Round
app-entry-id = Number
app-kind-bet = Bet
app-kind-tip = Tip
app-kind-buy-in = Buy-in
app-kind-promo-bet = Promotional bet
app-kind-bonus-buy = Bonus purchase
app-kind-win = Win
app-kind-free-spin-win = Free spin win
app-kind-jackpot = Jackpot
app-kind-promo-win = Promotional win
app-kind-tournament-win = Tournament prize
app-kind-payout = Payout
app-kind-game-correction-up = Game's correction
app-kind-game-correction-down = Game's correction
app-kind-reversal = Returned bet
app-kind-finish = Round closed
app-kind-deposit = Deposit
app-kind-grant = House gift
app-kind-correction-up = Correction
app-kind-correction-down = Correction
app-kind-hold = Put on hold
app-kind-capture = Paid out from hold
app-kind-release = Released from hold
app-kind-other = Other movement

## Profile

app-player-id = Player { $id }
app-settings = Settings
app-language = Language
app-theme = Theme
app-theme-system = System
app-theme-night = Night
app-play-safe = Playing safely
app-fairness-note = Seeds, hashes and your own verification
app-rules = House rules
app-rules-note = What you agreed to, in plain words
app-limits = Limits and breaks
app-limits-note = Ask for a limit or a pause in the chat
app-help = Help
app-help-note = Answers and support in the chat
app-privacy = Privacy
app-privacy-note = What we store and why
app-sign-out = Leave the demo

## Gate and house rules

app-gate-title = Welcome, { $name }
app-gate-note = Two confirmations, and the doors are open.
app-gate-note-demo = This house runs in demo mode: you play with free money that has no value.
app-gate-adult = I am 18 or older, and of legal age to play where I live
app-gate-terms = I accept the house rules
app-gate-read = Read the house rules
app-gate-enter = Enter
app-rule-demo = This house runs in demo mode. Play money has no value and cannot be withdrawn.
app-rule-adult = Only adults play here, each with one account of their own.
app-rule-money = Your balance is kept to the last unit. Every movement is listed in your history with its number.
app-rule-fair = House games are drawn from seeds that we commit to before you bet. You can check every round.
app-rule-limits = Play is entertainment, not income. Ask in the chat for a limit, a pause or a closed account at any time.
app-rule-errors = A round that fails on the way is settled or returned in full. A broken game does not pay by mistake, nor keep your bet.
app-rule-privacy = We keep what the game, the cashier and the law need, and nothing more. Ask for a copy or for deletion in the chat.
app-rules-version = Version { $version }

## Provider games

app-game = Game
app-game-opening = Opening { $title }…
app-game-late = The game is taking unusually long to load.
app-fullscreen = Full screen
app-leave-game = Leave the game
app-try-demo = Demo
app-play-real = Real
app-other-currency = “{ $title }” is not played with { $currency }
app-other-currency-note = Choose a balance that it takes. The game opens with it.
app-no-currency = “{ $title }” takes none of your balances
app-no-currency-note = Please choose another game.
app-tables = Tables
app-tables-choose = Choose a table, and the game opens at it.
app-tables-none = No tables right now
app-tables-none-note = Tables open and close all day. They appear here by themselves.
app-tables-other = Choose another table
app-tables-demo = Try the demo
app-table-open = Open
app-table-closed = Closed
app-table-dealer = Dealer: { $name }
app-table-limits = Bets { $least } – { $most }
app-table-from = Bets from { $least }
app-table-to = Bets up to { $most }
app-cut-title = The game is closed
app-cut-session-limit = Your session has reached its time limit.
app-cut-excluded = You have excluded yourself from playing, so open games are closed. Withdrawals and your balance stay open to you.
app-cut-frozen = Your account is frozen, so open games are closed. Ask support in the chat.
app-cut-staff = The house has closed this game. Support in the chat can tell you why.
app-cut-general = This game session is over.
app-cut-settles = Bets that you have placed are settled as usual.

## Time and sums of play

app-time-minutes = { $minutes } min
app-time-hours = { $hours } h { $minutes } min
app-reality-title = You have been playing for { $time }
app-reality-since = In all games since { $time }
app-reality-staked = Bets
app-reality-won = Wins
app-reality-returned = Returned
app-reality-net = Result
app-reality-nothing = No bets in this time.
app-reality-unknown = We could not add up your bets just now. Your history lists them all.
app-reality-continue = Continue
app-reality-break = Take a break

## Fairness

app-fairness = Provable fairness
app-fairness-short = Fairness
app-fair-how = Each roll is computed from our secret seed, your seed and a counter. We show the hash of our seed before you bet, so we cannot change it afterwards; your seed is yours to choose.
app-fair-your-seeds = Your seeds
app-fair-server-hash = Hash of our seed (SHA-256)
app-fair-server-seed = Our seed, revealed
app-fair-client-seed = Your seed
app-fair-nonce = Next bet
app-fair-bet-number = Bet no.
app-fair-next-seed = Your next seed
app-fair-random = Another random seed
app-fair-rotate = Change seeds
app-fair-rotate-note = Reveals our current seed, so that all rounds played with it can be checked, and starts a new pair.
app-fair-revealed = Our seed of the last { $count ->
        [one] { $count } bet
       *[other] { $count } bets
    }
app-fair-hash-kept = Its hash is the one we showed you. We kept our word.
app-fair-hash-broken = Its hash is not the one we showed you. Please tell support.
app-fair-sealed = Our seed is still secret, since you may bet with it again. Change seeds to reveal it, then this round can be recomputed.
app-fair-open-seeds = Go to seeds
app-fair-unknown-algorithm = This round was drawn by a method that this version of the app does not know.
app-fair-no-crypto = This browser offers no cryptography on an insecure connection. Open the page over HTTPS to verify.
app-fair-computing = Recomputing…
app-fair-verified = Recomputed in your browser: it matches
app-fair-mismatch = The recomputed round does not match
app-fair-step-hash = SHA-256 of our seed equals the hash shown before the bet
app-fair-step-hmac = HMAC-SHA256 with our seed over “{ $message }”
app-fair-step-roll = { $value } mod { $outcomes } gives { $roll }
app-fair-1-title = We commit
app-fair-1-note = Before your first bet we draw a secret seed and show you its SHA-256 hash. The hash nails the seed down without giving it away.
app-fair-2-title = You take part
app-fair-2-note = Your seed and the number of your bet go into every roll. Change your seed whenever you like: we cannot foresee it.
app-fair-3-title = You check
app-fair-3-note = Change seeds, and the old secret is revealed. Open any round: your browser computes it again and compares.
app-round = Round
app-round-id = Round { $id }

## Landing page

app-land-title = The casino that fits in a chat
app-land-note = One wallet for every game, proof for every roll of the house, all inside Telegram.
app-land-demo = Continue as demo player
app-land-telegram = Open in Telegram
app-land-play-money = Play money only: nothing to pay, nothing to lose.
app-land-no-bot = This house is not connected to a Telegram bot yet.
app-land-wallet = One wallet
app-land-wallet-note = House games and provider games share one balance. It moves before your eyes.
app-land-fair = Provably fair
app-land-fair-note = Seeds are committed before you bet. Your own browser checks the result.
app-land-fast = Made for the phone
app-land-fast-note = Opens in a moment, in the colours of your Telegram, in your language.
