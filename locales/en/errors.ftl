# Words for every error code of the house: error-<code>.
error-refused = This is not possible right now. Nothing was changed.
error-unauthorised = Please sign in again.
error-init-data-invalid = Telegram's sign-in has expired. Please close the app and open it again.
error-forbidden = You may not do this.
error-not-found = We could not find that.
error-malformed = Something in this request is not right. Please check what you entered.
error-not-enough-money = Not enough money for this. Nothing was taken.
error-account-frozen = Your account is frozen, so bets are closed for now. Please write to support.
error-terms-not-accepted = Please confirm your age and accept the terms first.
error-game-unavailable = This game is taking a break. Please choose another one.
error-game-not-here = This game is not offered in the country you are in. Please choose another one.
error-game-not-on-device = { $device ->
        [mobile] This game does not run on phones. Open it on a computer, or choose another one.
       *[other] This game runs on phones only. Open it there, or choose another one.
    }
error-game-not-in-currency = This game is not played with { $currency }. Please choose another balance.
error-table-not-chosen = Please choose a table first.
error-table-unavailable = This table has just closed. Please choose another one.
error-session-ended = This game session is over. Open the game again to go on.
error-stake-out-of-range = A bet here is between { $minimum } and { $maximum }.
error-amount-out-of-range = The amount must be between { $minimum } and { $maximum }.
error-profit-too-large = At these odds a win would be above the limit of { $maximum } per bet. Lower the bet or the multiplier.
error-key-reused = This request was already used for something else. Please try again.
error-unknown-currency = This currency is not offered here.
error-reason-missing = A reason is required.
error-try-later = We cannot reach our systems at the moment. Nothing is lost; please try again shortly.
error-outcome-unknown = We do not know yet whether this went through. Try again: it is never done twice.
error-busy = We are very busy right now. Nothing was begun; please try again in a moment.
error-excluded = You have excluded yourself from playing. Withdrawals and your balance stay open to you.
error-blocked-here = Playing is not offered where you are.
error-limit-reached = This stake could take you above a limit that is set for you.
error-provider-unavailable = The game studio is not answering. Please try again shortly.
error-free-spins-refused = The game studio does not give these free spins: { $why }.
error-bug = Something went wrong on our side. We have been told about it.
error-too-early = This day is not over for long enough: the provider may still be counting it. Try again after 02:00 UTC of the next day.
