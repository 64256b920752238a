### Что бот говорит персоналу. Telegram HTML: b, i, code. Значения экранирует код; суммы приходят готовыми.

bot-staff = <b>Персонал</b>
bot-staff-button-find = 🔎 Найти игрока
bot-staff-button-providers = Провайдеры
bot-staff-button-games = Игры
bot-staff-button-figures = Сегодня
bot-staff-button-audit = Проверить книгу
bot-staff-button-freeze = Заморозить
bot-staff-button-unfreeze = Разморозить
bot-staff-button-adjust = Исправить баланс
bot-staff-button-confirm = Подтвердить
bot-staff-button-switch-off = 🟢 { $title } · выключить
bot-staff-button-switch-on = 🔴 { $title } · включить
bot-staff-find = Кого? Пришлите номер игрока, номер в Telegram, @имя или часть имени.
bot-staff-found =
    { $count ->
        [one] Найден { $count } игрок.
        [few] Найдено { $count } игрока.
       *[many] Найдено { $count } игроков.
    }
bot-staff-found-none = Никого не нашлось. Пришлите другой номер или имя.
bot-staff-card =
    <b>{ $name }</b> · <code>{ $player }</code>
    Счёт: { $state ->
        [frozen] ❄️ заморожен
       *[active] открыт
    }
    Условия приняты: { $terms ->
        [yes] да
       *[no] нет
    } · Чат: { $chat ->
        [yes] открыт
       *[no] закрыт
    } · Язык: { $language }
    С { $since }
bot-staff-freeze = Почему заморозить игрока { $player }? Пришлите причину; она попадёт в журнал действий.
bot-staff-unfreeze = Почему разморозить игрока { $player }? Пришлите причину; она попадёт в журнал действий.
bot-staff-reason-length = Пришлите причину длиной от 1 до 300 символов.
bot-staff-adjust =
    <b>Исправить баланс: { $name }</b> · <code>{ $player }</code>

    Выберите валюту и направление.
bot-staff-amount =
    { $direction ->
        [up] Сколько { $currency } <b>добавить</b> игроку { $player }? Пришлите число вроде 12.5, не больше { $decimals } знаков после точки.
       *[down] Сколько { $currency } <b>снять</b> у игрока { $player }? Пришлите число вроде 12.5, не больше { $decimals } знаков после точки.
    }
bot-staff-amount-bad =
    Это не сумма в { $currency }. { $direction ->
        [up] Чтобы <b>добавить</b> игроку { $player }, пришлите
       *[down] Чтобы <b>снять</b> у игрока { $player }, пришлите
    } число больше нуля вроде 12.5, через точку, не больше { $decimals } знаков после неё.
bot-staff-reason =
    <b>{ $amount }</b> игроку { $player }.

    Почему? Пришлите причину. Она попадёт в журнал действий, и её увидит игрок.
bot-staff-confirm =
    <b>Подтвердите</b>

    Игрок: { $name } · <code>{ $player }</code>
    Изменение: <b>{ $amount }</b>
    Причина: { $reason }
bot-staff-confirmation-old = Это подтверждение устарело. Ничего не изменилось; начните сначала.
bot-staff-adjusted = Готово: { $amount }. Новый баланс: { $balance }
bot-staff-adjusted-before = Это уже сделано, один раз.
bot-staff-lost = Я уже не помню, о чём шла речь. Ничего не изменилось; начните сначала.
bot-staff-providers =
    <b>Провайдеры</b>

    Выключенный провайдер не принимает новых ставок; начатые раунды можно доиграть.
bot-staff-games = Какая игра? Пришлите часть названия.
bot-staff-games-found =
    <b>Игры</b>

    Выключенная игра не принимает новых ставок; начатые раунды можно доиграть.
bot-staff-games-none = Такой игры нет. Откройте «Игры» ещё раз и попробуйте другое название.
bot-staff-switched =
    { $state ->
        [on] { $title }: включено.
       *[off] { $title }: выключено.
    }
bot-staff-figures = <b>Сегодня</b> (UTC)
bot-staff-figures-none = Сегодня ещё ничего не происходило.
bot-staff-figures-line =
    <b>{ $currency }</b>
    Ставки: { $stakes }
    Выигрыши: { $wins }
    GGR: { $ggr }
    Пополнения: { $deposits }
    Ставок: { $bets } · Игроков: { $players }
bot-staff-audit-running = ⏳ Проверяем книгу…
bot-staff-audit-ok = ✅ <b>Книга сходится.</b> Проверено переводов: { $transfers }
bot-staff-audit-bad =
    { $count ->
        [one] ❌ <b>Книга не сходится: { $count } расхождение.</b>
        [few] ❌ <b>Книга не сходится: { $count } расхождения.</b>
       *[many] ❌ <b>Книга не сходится: { $count } расхождений.</b>
    }
bot-staff-finding = <code>{ $text }</code>

## Провайдер

bot-staff-button-provider = { $state ->
        [on] 🟢
        [trouble] ⚠️
       *[off] 🔴
    } { $title } ({ $games })
bot-staff-button-all-providers = ‹ Провайдеры
bot-staff-button-refresh = 🔄 Обновить
bot-staff-button-sync = Загрузить игры
bot-staff-button-spins = 🎁 Фриспины
bot-staff-button-validate = Самопроверка
bot-staff-button-findings = Расхождения ({ $count })
bot-staff-button-revenue = GGR
bot-staff-button-revenue-all = GGR всех провайдеров
bot-staff-begun = Начато. Результат придёт отдельным сообщением.
bot-staff-under-way = Это уже выполняется.
bot-staff-provider =
    <b>{ $title }</b> · <code>{ $provider }</code>
    Протокол: { $family }
    { $state ->
        [on] 🟢 Включён
       *[off] 🔴 Выключен: новых ставок нет, начатые раунды можно доиграть
    }
    Игр в списке: { $games }
bot-staff-health-ok = Связь: отвечает как положено
bot-staff-health-trouble =
    { $state ->
        [ok] ⚠️ Сбои с { $since }; следующий вызов будет пробным
        [degraded] ⚠️ Сбои с { $since }; новая проба в { $retry }
       *[down] ❌ Недоступен с { $since }; новая проба в { $retry }
    } (UTC). Неудачных проб: { $trials }
bot-staff-sync-never = Игры ещё ни разу не загружались.
bot-staff-sync-asking = Загрузка начата { $at } (UTC): ждём список.
bot-staff-sync-page = Загрузка идёт с { $at } (UTC): страница { $page } из { $pages }.
bot-staff-sync-failed = Последняя загрузка, начатая { $at } (UTC), не удалась: <code>{ $error }</code>
bot-staff-sync-done = Загружено { $at } (UTC): игр { $listed }, изменилось { $changed }, исчезло { $gone }.
bot-staff-synced = ✅ <b>{ $title }</b>: игры загружены, всего { $games }.

## Самопроверка

bot-staff-validate =
    <b>Самопроверка: { $title }</b>

    Провайдер пришлёт нам ставки, выигрыши и возвраты за самую новую сессию последних 15 минут. Это настоящие переводы.

    Сначала откройте одну из его игр на деньги <b>от имени тестового игрока</b>. Затем начинайте. Проверка идёт до двух минут.
bot-staff-button-validate-now = Начать проверку
bot-staff-validated =
    { $result ->
        [passed] ✅ <b>{ $title }: самопроверка пройдена.</b>
       *[failed] ❌ <b>{ $title }: самопроверка не пройдена.</b>
    } Строк в журнале провайдера: { $checks }
bot-staff-checks-left-out =
    { $count ->
        [one] Не показана { $count } более ранняя строка.
        [few] Не показаны { $count } более ранние строки.
       *[many] Не показано { $count } более ранних строк.
    }
bot-staff-check = • { $text }

## Фриспины

bot-staff-spins-game = Фриспины у <code>{ $provider }</code>: для какой игры? Пришлите часть названия.
bot-staff-spins-games = <b>Игры с фриспинами</b>
bot-staff-spins-games-none = У этого провайдера нет такой игры с фриспинами. Пришлите другое название.
bot-staff-spins-player = Фриспины в <b>{ $game }</b>: кому? Пришлите номер игрока, номер в Telegram, @имя или часть имени.
bot-staff-spins-currency =
    Фриспины в <b>{ $game }</b>
    Игрок: { $name } · <code>{ $player }</code>

    В какой валюте?
bot-staff-spins-again = Это не подходит.
bot-staff-spins-quantity = Сколько спинов? Пришлите целое число от 1 до { $most }.
bot-staff-spins-stake = Какая ставка за один спин? Пришлите сумму в { $currency } вроде 0.2, не больше { $decimals } знаков после точки. Некоторые игры принимают только определённые ставки.
bot-staff-spins-option = Нужен ли студии уровень или номер ставки? Пришлите его или продолжите без него.
bot-staff-spins-days = На сколько дней, считая с этой минуты? Пришлите целое число от 1 до { $most }.
bot-staff-spins-reason = Почему? Пришлите причину; она попадёт в журнал действий.
bot-staff-button-without = Продолжить без него
bot-staff-spins-confirm =
    <b>Подтвердите</b>

    Игрок: { $name } · <code>{ $player }</code>
    Игра: { $game } · { $provider }
    Спинов: { $quantity }, каждый по { $stake }
    Уровень или номер ставки: { $option }
    Действуют до { $until } (UTC)
    Причина: { $reason }

    Ставки обойдутся дому не дороже <b>{ $stakes }</b>. Выигрыши выплачиваются сверх этого.
bot-staff-spins-given = Провайдер их выдал.
bot-staff-spins-waiting = Провайдер недоступен. Запрос будет повторяться каждую минуту.
bot-staff-spins-over = Они уже закончились.
bot-staff-awards = <b>Фриспины: { $name }</b> · <code>{ $player }</code>
bot-staff-awards-none = Пока нет. Их выдают со страницы провайдера.
bot-staff-award =
    #{ $number } · { $spins }
    { $provider } · { $status ->
        [issuing] ⏳ запрос повторится
        [active] 🎁 открыты
        [played] ✅ сыграны
        [cancelled] отозваны
        [expired] истекли
       *[refused] ❌ провайдер отказал
    } · до { $until } · выиграно: { $won }
bot-staff-button-forfeit = Отозвать #{ $number }
bot-staff-forfeit =
    Отозвать у игрока { $player }: { $spins }

    Почему? Пришлите причину; она попадёт в журнал действий. Уже выигранное остаётся у игрока.

## Расхождения с отчётами провайдера

bot-staff-findings = <b>Расхождения: { $title }</b>
bot-staff-findings-place = Открытые, новые сверху: с { $first } по { $last } из { $all }
bot-staff-findings-none = ✅ Открытых расхождений нет.
bot-staff-run-none = Сверок ещё не было.
bot-staff-run-open = Сверка идёт или прервана: с { $since } по { $until }
bot-staff-run-failed =
    Последняя сверка сорвалась: с { $since } по { $until }
    <code>{ $error }</code>
bot-staff-run =
    Последняя сверка: с { $since } по { $until }
    Операций: у нас { $ours }, у них { $theirs }. Расхождений: { $differences }
bot-staff-run-sums =
    <b>{ $currency }</b> у нас: ставки { $our_stakes }, выигрыши { $our_wins }, GGR { $our_ggr }
    <b>{ $currency }</b> у них: ставки { $their_stakes }, выигрыши { $their_wins }, GGR { $their_ggr }
bot-staff-what-missing-here = Нет у нас
bot-staff-what-missing-there = Нет у них
bot-staff-what-currency = Другая валюта
bot-staff-what-amount = Другая сумма
bot-staff-what-kind = Другой вид
bot-staff-finding-of-report =
    <b>{ $what }</b> · { $provider } · { $state ->
        [open] открыто
       *[resolved] закрыто
    }
    Игрок: <code>{ $player }</code>
    Ключ: <code>{ $key }</code>
    Раунд: <code>{ $round }</code>
    Произошло { $at } (UTC)
    Замечено { $first }, последний раз { $last }

    <code>{ $text }</code>
bot-staff-button-resolved = Закрыть
bot-staff-button-compare = Сверить { $day }
bot-staff-button-player = Игрок
bot-staff-button-newer = ‹ Новее
bot-staff-resolve =
    <code>{ $text }</code>

    Чем закончилось? Пришлите заметку; она попадёт в журнал действий. Если новая сверка снова найдёт расхождение, оно откроется опять.
bot-staff-resolved-before = Это уже закрыто.

## GGR

bot-staff-revenue-running = ⏳ Считаем…
bot-staff-revenue =
    <b>GGR · { $whose ->
        [all] все провайдеры
       *[one] { $provider }
    }</b>
    с { $first } по { $last } (UTC); возвраты вычтены
bot-staff-revenue-line =
    <b>{ $title }</b> · { $currency }
    Ставки: { $stakes } · Выигрыши: { $wins }
    GGR: <b>{ $ggr }</b> · RTP: { $rtp } % · Раундов: { $rounds }
bot-staff-revenue-games = <b>Игры, самые популярные сверху</b>
bot-staff-revenue-nameless = (игра не названа)
bot-staff-revenue-none = Никто не играл.
bot-staff-revenue-left-out =
    { $count ->
        [one] Не показана ещё { $count } строка; она есть в файле.
        [few] Не показаны ещё { $count } строки; они есть в файле.
       *[many] Не показано ещё { $count } строк; они есть в файле.
    }
bot-staff-button-period-today = { $chosen ->
        [yes] • Сегодня •
       *[no] Сегодня
    }
bot-staff-button-period-yesterday = { $chosen ->
        [yes] • Вчера •
       *[no] Вчера
    }
bot-staff-button-period-week = { $chosen ->
        [yes] • 7 дней •
       *[no] 7 дней
    }
bot-staff-button-period-month = { $chosen ->
        [yes] • Этот месяц •
       *[no] Этот месяц
    }
bot-staff-button-file = 📄 Файлом (CSV)
bot-staff-revenue-file =
    Все игры по дням, строк: { $rows }. { $all ->
        [yes] Это всё.
       *[no] Строк больше: выберите период короче или одного провайдера.
    }
