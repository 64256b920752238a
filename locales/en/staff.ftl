### What the bot says to staff. Telegram HTML: b, i, code. Values are escaped by the code; money comes formatted.

bot-staff = <b>Staff</b>
bot-staff-button-find = 🔎 Find a player
bot-staff-button-providers = Providers
bot-staff-button-games = Games
bot-staff-button-figures = Today
bot-staff-button-audit = Audit the book
bot-staff-button-freeze = Freeze
bot-staff-button-unfreeze = Unfreeze
bot-staff-button-adjust = Adjust a balance
bot-staff-button-confirm = Confirm
bot-staff-button-switch-off = 🟢 { $title } · switch off
bot-staff-button-switch-on = 🔴 { $title } · switch on
bot-staff-find = Whom? Send a player number, a Telegram number, an @username or part of a name.
bot-staff-found =
    { $count ->
        [one] One player found.
       *[other] { $count } players found.
    }
bot-staff-found-none = Nobody found. Send another number or name.
bot-staff-card =
    <b>{ $name }</b> · <code>{ $player }</code>
    Account: { $state ->
        [frozen] ❄️ frozen
       *[active] open
    }
    Terms accepted: { $terms ->
        [yes] yes
       *[no] no
    } · Chat: { $chat ->
        [yes] open
       *[no] closed
    } · Language: { $language }
    Since { $since }
bot-staff-freeze = Why freeze player { $player }? Send the reason; it goes into the audit trail.
bot-staff-unfreeze = Why unfreeze player { $player }? Send the reason; it goes into the audit trail.
bot-staff-reason-length = Please send a reason of 1 to 300 characters.
bot-staff-adjust =
    <b>Adjust a balance of { $name }</b> · <code>{ $player }</code>

    Choose currency and direction.
bot-staff-amount =
    { $direction ->
        [up] How much { $currency } to <b>add</b> for player { $player }? Send a number such as 12.5, with at most { $decimals } decimals.
       *[down] How much { $currency } to <b>take away</b> from player { $player }? Send a number such as 12.5, with at most { $decimals } decimals.
    }
bot-staff-amount-bad =
    This is no amount of { $currency }. { $direction ->
        [up] To <b>add</b> for player { $player }, send
       *[down] To <b>take away</b> from player { $player }, send
    } a number above zero such as 12.5, with a point and at most { $decimals } decimals.
bot-staff-reason =
    <b>{ $amount }</b> for player { $player }.

    Why? Send the reason. It goes into the audit trail, and the player is told.
bot-staff-confirm =
    <b>Please confirm</b>

    Player: { $name } · <code>{ $player }</code>
    Change: <b>{ $amount }</b>
    Reason: { $reason }
bot-staff-confirmation-old = This confirmation is out of date. Nothing was changed; please start again.
bot-staff-adjusted = Done: { $amount }. New balance: { $balance }
bot-staff-adjusted-before = This was done already, once.
bot-staff-lost = I no longer know what this was about. Nothing was changed; please start again.
bot-staff-providers =
    <b>Providers</b>

    A provider that is off takes no new stakes; rounds in progress may finish.
bot-staff-games = Which game? Send part of its title.
bot-staff-games-found =
    <b>Games</b>

    A game that is off takes no new stakes; rounds in progress may finish.
bot-staff-games-none = No such game. Open Games again to try another title.
bot-staff-switched =
    { $state ->
        [on] { $title } is on.
       *[off] { $title } is off.
    }
bot-staff-figures = <b>Today</b> (UTC)
bot-staff-figures-none = Nothing has happened today.
bot-staff-figures-line =
    <b>{ $currency }</b>
    Stakes: { $stakes }
    Wins: { $wins }
    GGR: { $ggr }
    Deposits: { $deposits }
    Bets: { $bets } · Players: { $players }
bot-staff-audit-running = ⏳ Proving the book…
bot-staff-audit-ok = ✅ <b>The book balances.</b> Transfers proven: { $transfers }
bot-staff-audit-bad =
    { $count ->
        [one] ❌ <b>The book does not balance: one finding.</b>
       *[other] ❌ <b>The book does not balance: { $count } findings.</b>
    }
bot-staff-finding = <code>{ $text }</code>

## A provider

bot-staff-button-provider = { $state ->
        [on] 🟢
        [trouble] ⚠️
       *[off] 🔴
    } { $title } ({ $games })
bot-staff-button-all-providers = ‹ Providers
bot-staff-button-refresh = 🔄 Refresh
bot-staff-button-sync = Sync games now
bot-staff-button-spins = 🎁 Free spins
bot-staff-button-validate = Self-validation
bot-staff-button-findings = Differences ({ $count })
bot-staff-button-revenue = GGR
bot-staff-button-revenue-all = GGR of all providers
bot-staff-begun = Begun. The result comes as a message of its own.
bot-staff-under-way = This is under way already.
bot-staff-provider =
    <b>{ $title }</b> · <code>{ $provider }</code>
    Protocol: { $family }
    { $state ->
        [on] 🟢 On
       *[off] 🔴 Off: no new stakes; rounds in progress may finish
    }
    Games listed: { $games }
bot-staff-health-ok = Health: answers as it should
bot-staff-health-trouble =
    { $state ->
        [ok] ⚠️ Failing since { $since }; the next call tries it again
        [degraded] ⚠️ Degraded since { $since }; tried again at { $retry }
       *[down] ❌ Down since { $since }; tried again at { $retry }
    } (UTC). Failed trials: { $trials }
bot-staff-sync-never = Games were never synced.
bot-staff-sync-asking = Sync begun at { $at } (UTC): waiting for the list.
bot-staff-sync-page = Sync under way since { $at } (UTC): page { $page } of { $pages }.
bot-staff-sync-failed = The last sync, begun at { $at } (UTC), failed: <code>{ $error }</code>
bot-staff-sync-done = Synced at { $at } (UTC): { $listed } games, { $changed } changed, { $gone } gone.
bot-staff-synced = ✅ <b>{ $title }</b> is synced: { $games } games.

## Self-validation

bot-staff-validate =
    <b>Self-validation of { $title }</b>

    The provider will send stakes, wins and refunds to our callbacks, for the newest session of the last 15 minutes. They are real transfers.

    First open one of its games for money <b>as a test player</b>. Then begin. It takes up to two minutes.
bot-staff-button-validate-now = Begin the test
bot-staff-validated =
    { $result ->
        [passed] ✅ <b>{ $title }: self-validation passed.</b>
       *[failed] ❌ <b>{ $title }: self-validation failed.</b>
    } Lines in the provider's log: { $checks }
bot-staff-checks-left-out =
    { $count ->
        [one] One earlier line is not shown.
       *[other] { $count } earlier lines are not shown.
    }
bot-staff-check = • { $text }

## Free spins

bot-staff-spins-game = Free spins at <code>{ $provider }</code>: for which game? Send part of its title.
bot-staff-spins-games = <b>Games with free spins</b>
bot-staff-spins-games-none = No game of this provider with free spins has such a title. Send another one.
bot-staff-spins-player = Free spins for <b>{ $game }</b>: for whom? Send a player number, a Telegram number, an @username or part of a name.
bot-staff-spins-currency =
    Free spins for <b>{ $game }</b>
    Player: { $name } · <code>{ $player }</code>

    In which currency?
bot-staff-spins-again = This does not fit.
bot-staff-spins-quantity = How many spins? Send a whole number from 1 to { $most }.
bot-staff-spins-stake = Which stake for one spin? Send a number of { $currency } such as 0.2, with at most { $decimals } decimals. Some games take only certain stakes.
bot-staff-spins-option = Does the studio want a bet level or a bet number? Send it, or go on without.
bot-staff-spins-days = For how many days from now? Send a whole number from 1 to { $most }.
bot-staff-spins-reason = Why? Send the reason; it goes into the audit trail.
bot-staff-button-without = Go on without
bot-staff-spins-confirm =
    <b>Please confirm</b>

    Player: { $name } · <code>{ $player }</code>
    Game: { $game } · { $provider }
    Spins: { $quantity }, each at { $stake }
    Bet level or number: { $option }
    Valid until { $until } (UTC)
    Reason: { $reason }

    The stakes cost the house at most <b>{ $stakes }</b>. What the spins win is paid on top.
bot-staff-spins-given = The provider has given them.
bot-staff-spins-waiting = The provider is away. It will be asked again every minute.
bot-staff-spins-over = These have ended already.
bot-staff-awards = <b>Free spins of { $name }</b> · <code>{ $player }</code>
bot-staff-awards-none = None yet. They are given from a provider's page.
bot-staff-award =
    #{ $number } · { $spins }
    { $provider } · { $status ->
        [issuing] ⏳ to be asked for again
        [active] 🎁 open
        [played] ✅ played
        [cancelled] taken back
        [expired] expired
       *[refused] ❌ refused by the provider
    } · until { $until } · won: { $won }
bot-staff-button-forfeit = Take back #{ $number }
bot-staff-forfeit =
    Take back from player { $player }: { $spins }

    Why? Send the reason; it goes into the audit trail. What was won already stays the player's.

## What differs from a provider's reports

bot-staff-findings = <b>Differences: { $title }</b>
bot-staff-findings-place = Open, newest first: { $first } to { $last } of { $all }
bot-staff-findings-none = ✅ Nothing is open.
bot-staff-run-none = Nothing was compared yet.
bot-staff-run-open = Being compared, or cut off: { $since } to { $until }
bot-staff-run-failed =
    The last comparison broke off: { $since } to { $until }
    <code>{ $error }</code>
bot-staff-run =
    Last compared: { $since } to { $until }
    Transactions: { $ours } ours, { $theirs } theirs. Differences: { $differences }
bot-staff-run-sums =
    <b>{ $currency }</b> ours: stakes { $our_stakes }, wins { $our_wins }, GGR { $our_ggr }
    <b>{ $currency }</b> theirs: stakes { $their_stakes }, wins { $their_wins }, GGR { $their_ggr }
bot-staff-what-missing-here = Missing here
bot-staff-what-missing-there = Missing there
bot-staff-what-currency = Currency differs
bot-staff-what-amount = Amount differs
bot-staff-what-kind = Kind differs
bot-staff-finding-of-report =
    <b>{ $what }</b> · { $provider } · { $state ->
        [open] open
       *[resolved] resolved
    }
    Player: <code>{ $player }</code>
    Key: <code>{ $key }</code>
    Round: <code>{ $round }</code>
    Happened at { $at } (UTC)
    Seen first { $first }, last { $last }

    <code>{ $text }</code>
bot-staff-button-resolved = Resolved
bot-staff-button-compare = Compare { $day }
bot-staff-button-player = The player
bot-staff-button-newer = ‹ Newer
bot-staff-resolve =
    <code>{ $text }</code>

    What became of it? Send a note; it goes into the audit trail. A later comparison that finds it again opens it again.
bot-staff-resolved-before = This is resolved already.

## GGR

bot-staff-revenue-running = ⏳ Adding up…
bot-staff-revenue =
    <b>GGR · { $whose ->
        [all] all providers
       *[one] { $provider }
    }</b>
    { $first } to { $last } (UTC); reversals are taken off
bot-staff-revenue-line =
    <b>{ $title }</b> · { $currency }
    Stakes: { $stakes } · Wins: { $wins }
    GGR: <b>{ $ggr }</b> · RTP: { $rtp } % · Rounds: { $rounds }
bot-staff-revenue-games = <b>Games, the most played first</b>
bot-staff-revenue-nameless = (no game named)
bot-staff-revenue-none = Nothing was played.
bot-staff-revenue-left-out =
    { $count ->
        [one] One more line is not shown; the file has it.
       *[other] { $count } more lines are not shown; the file has them.
    }
bot-staff-button-period-today = { $chosen ->
        [yes] • Today •
       *[no] Today
    }
bot-staff-button-period-yesterday = { $chosen ->
        [yes] • Yesterday •
       *[no] Yesterday
    }
bot-staff-button-period-week = { $chosen ->
        [yes] • 7 days •
       *[no] 7 days
    }
bot-staff-button-period-month = { $chosen ->
        [yes] • This month •
       *[no] This month
    }
bot-staff-button-file = 📄 As a file (CSV)
bot-staff-revenue-file =
    Every game by day: { $rows } rows. { $all ->
        [yes] Complete.
       *[no] There are more: choose a shorter period or one provider.
    }
