### What the bot says. Telegram HTML: b, i, code. Values are escaped by the code; money comes formatted.

## Buttons

bot-button-play = ▶️ Play
bot-button-menu-app = Play
bot-button-menu = ☰ Menu
bot-button-wallet = 💰 Wallet
bot-button-deposit = ➕ Deposit
bot-button-history = 🧾 History
bot-button-help = ❔ Help
bot-button-language = 🌐 Language
bot-button-privacy = 🔒 Privacy
bot-button-support = 💬 Payment support
bot-button-older = Older ›
bot-button-back = ‹ Back
bot-button-cancel = ✕ Cancel
bot-button-staff = ‹ Staff
bot-button-adult = I am 18 or older
bot-button-minor = I am younger
bot-button-accept = I accept the terms
bot-button-decline = I do not accept
bot-button-terms-again = Read the terms again
bot-button-private = Open the private chat
bot-button-open-wallet = 💎 Open in wallet
bot-button-copy-address = Copy address
bot-button-copy-memo = Copy memo
bot-button-play-money = 🎲 Play money · { $currency }
bot-button-write = ✍️ Write to staff
bot-button-open = Open

## Commands, as Telegram lists them

bot-command-menu = Main menu
bot-command-balance = Your balances
bot-command-deposit = Add money
bot-command-history = Your last operations
bot-command-language = Change the language
bot-command-help = What you can do here
bot-command-paysupport = Help with a payment
bot-command-privacy = What we store about you
bot-command-admin = Staff

## Before anything else

bot-age =
    <b>Welcome, { $name }.</b>

    This house is for adults only. Please confirm your age first.
bot-minor =
    <b>Come back when you are 18.</b>

    Nothing here is open to minors. If you pressed the wrong button, you can still correct it.
bot-terms =
    <b>The terms, in short</b>

    • You are of age where you live, and playing is lawful there.
    • One account per person, and only your own money.
    • A bet is final once it is placed. Every result can be verified afterwards.
    • A deposit reaches your balance only with your personal memo.
    • Staff may freeze an account to protect it or the house, and must say why in our records.
    • Play for fun. The house has an edge, and in the long run it shows.

    By accepting you agree to these terms and to the privacy notice.
bot-declined =
    <b>That is fine.</b>

    Without the terms nothing can be opened. You can come back at any time.
bot-gate-first = Please answer this first.
bot-welcome-toast = Welcome in!
bot-accepted-before = You have accepted already.

## Menu and play

bot-menu =
    <b>Good to see you, { $name }.</b>

    Play opens the games. Your wallet is the same everywhere.
bot-menu-frozen = ⚠️ Your account is frozen: stakes and withdrawals are stopped. Your money is safe. See /paysupport.
bot-play-elsewhere =
    <b>Open the games in your browser</b>

    { $url }

    Telegram opens only secure (https) pages inside the chat, and this house runs without one at the moment.
bot-language = <b>Choose your language</b>
bot-language-chosen = English it is.

## Wallet

bot-wallet = <b>Wallet</b>
bot-balance-line =
    { $kind ->
        [play] <b>{ $amount }</b> · play money
       *[other] <b>{ $amount }</b>
    }
bot-balance-bonus = + { $amount } bonus
bot-balance-held = ({ $amount } reserved)

## Deposit

bot-deposit =
    <b>Deposit</b>

    Choose what to add.
bot-deposit-none =
    <b>Deposit</b>

    No way to deposit is open at the moment. Please look again later.
bot-deposit-target = <b>Deposit { $currency }</b>
bot-deposit-address =
    Address
    <code>{ $address }</code>
bot-deposit-memo =
    Memo (comment)
    <code>{ $memo }</code>
bot-deposit-warning = ⚠️ <b>Send with this memo.</b> It says that the money is yours. Without it, or with another one, your deposit has to be found by hand.
bot-deposit-minimum = Minimum: { $minimum }. You get a message here as soon as it has arrived, usually within a minute.
bot-deposit-trouble = ⏳ New deposits are not seen at the moment. Nothing is lost: what you send is credited as soon as the connection is back.
bot-play-money =
    <b>Play money</b>

    Take as much { $currency } as you like. It is for playing only and is worth nothing outside.
bot-play-money-taken = { $amount } added to your balance.

## History

bot-history = <b>History</b> (times in UTC)
bot-history-empty = Nothing has happened here yet.
bot-history-line =
    { $title }
    <b>{ $amount }</b> → { $balance } · <i>{ $at }</i>
bot-kind-bet = Stake
bot-kind-tip = Tip
bot-kind-buy-in = Buy-in
bot-kind-promo-bet = Promotional stake
bot-kind-bonus-buy = Bonus buy
bot-kind-win = Win
bot-kind-free-spin-win = Free-spin win
bot-kind-jackpot = Jackpot
bot-kind-promo-win = Promotional win
bot-kind-tournament-win = Tournament win
bot-kind-payout = Payout
bot-kind-game-correction-up = Game's correction
bot-kind-game-correction-down = Game's correction
bot-kind-reversal = Reversal
bot-kind-finish = Round finished
bot-kind-deposit = Deposit
bot-kind-grant = Gift
bot-kind-correction-up = Correction
bot-kind-correction-down = Correction
bot-kind-hold = Reserved
bot-kind-capture = Paid out of reserve
bot-kind-release = Returned from reserve

## Help

bot-help =
    <b>What you can do here</b>

    /menu · open the games and everything else
    /balance · see your balances
    /deposit · add money
    /history · see your last operations
    /language · change the language
    /paysupport · get help with a payment
    /privacy · see what we store about you

    Decide beforehand what you can afford to lose, and stop there. If playing is no longer fun, take a break.
bot-privacy =
    <b>Privacy</b>

    <b>What we store:</b> your Telegram number, name, username and language; when you accepted the terms; your balances, bets and deposits; the address you deposit from.

    <b>What for:</b> to run your account, to prove every movement of money, and because the law demands records of it. Nothing is sold and nothing is used for advertising.

    <b>Who sees it:</b> our staff. Providers of games see an account number and what you stake with them, never your name on Telegram.

    <b>Your rights:</b> ask for a copy or for deletion under /paysupport. Records of money are kept as long as the law requires.
bot-paysupport =
    <b>Payment support</b>

    Your player number: <code>{ $player }</code>

    <b>A deposit has not arrived?</b>
    1. Look it up in your wallet: it must have succeeded.
    2. Compare address and memo with those under /deposit.
    3. It has to reach the minimum shown there.

    Money sent without the memo is not lost: it is filed and can be assigned by hand. Tell our staff the amount, the time and the transaction's hash.

bot-support-ask = What happened? Write it in one message; it goes to our staff together with your player number.
bot-support-length = Please write a text of 1 to 400 characters.
bot-support-wait = One moment, please: your last message is on its way. You can write again in a minute.
bot-support-sent = ✅ Our staff have your message and will write to you.
bot-support-nobody = Nobody could be reached at the moment. Please try again later.

## When something does not fit

bot-unknown-command = I do not know this command. /help shows what I can do.
bot-unknown-message = I understand buttons and commands best. /menu opens the menu, /help explains.
bot-old-button = This button is out of date. /menu shows the present ones.
bot-refused = That did not work. Nothing was changed.
bot-try-later = Something we need is away for a moment. Please try again soon; nothing was lost.
bot-broken = That went wrong on our side. Please try again; staff can see it in the log.
bot-group-hint = Money is a private matter. Let us talk in the private chat.

## What happened

bot-event-deposit =
    ✅ <b>{ $amount } arrived.</b>

    Your balance: { $balance }
bot-event-adjusted =
    <b>Your balance was corrected: { $amount }</b>

    Reason: { $reason }
bot-event-frozen =
    ⚠️ <b>Your account was frozen.</b>

    Stakes and withdrawals are stopped for now. Your money is safe. Questions: /paysupport
bot-event-unfrozen = ✅ <b>Your account is open again.</b>
bot-event-filed =
    📥 <b>A deposit needs a person</b>

    Amount: { $amount }
    Rail: { $rail }
    Reason: { $reason ->
        [no_memo] no memo
        [unknown_memo] the memo belongs to nobody
        [bad_encoding] the memo cannot be read
        [encrypted] the memo is encrypted
        [below_minimum] below the minimum
        [unknown_asset] unknown asset
        [not_credited] the ledger refused it; a person must look
       *[other] not assignable
    }
    Transaction: <code>{ $transaction }</code>

bot-event-letter =
    ✉️ <b>A player writes</b>

    <a href="tg://user?id={ $telegram }">{ $name }</a> · <code>{ $player }</code>

    { $letter }
