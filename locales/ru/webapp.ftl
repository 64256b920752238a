# Мини-приложение вокруг игр. Суммы приходят уже отформатированными.

## Рамка

app-nav = Главное меню
app-nav-home = Главная
app-nav-wallet = Кошелёк
app-nav-history = История
app-nav-profile = Профиль
app-mode-demo = Демо
app-mode-testnet = Тестнет
app-balance-open = Выбрать баланс для игры
app-reconnecting = Восстанавливаем связь…
app-loading = Загрузка…
app-back = Назад
app-close = Закрыть
app-clear = Очистить
app-retry = Повторить
app-reload = Обновить
app-load-more = Показать ещё
app-copy-label = Скопировать: { $what }
app-copy-failed = Скопировать не вышло. Выделите текст вручную.
app-request-id = Номер обращения: { $id }
app-support = Спросить поддержку
app-open-bot = Открыть бота
app-error-network = Нет связи. Проверьте сеть и попробуйте ещё раз.
app-error-unexpected = Что-то пошло не так на нашей стороне. Попробуйте ещё раз.
app-broken-title = Страница сломалась
app-broken-note = Ваш баланс и ставки в сохранности. Обновите страницу, чтобы продолжить.
app-reopen-title = Откройте приложение заново
app-reopen-note = Вход устарел. Закройте это окно и откройте приложение из чата.
app-frozen = Ваш счёт заморожен: ставки пока отключены. Напишите в поддержку в чате.
app-notice-unfrozen = Ваш счёт снова открыт: можно играть.
app-notice-other = Есть новости о вашем счёте. Напишите в поддержку в чате.

## Лобби

app-hero = Главное
app-hero-dice-title = Кости от заведения
app-hero-dice-note = Отдача { $rtp } % и доказательство для каждого броска
app-hero-dice-note-plain = Доказательство для каждого броска
app-hero-dice-action = Бросить
app-hero-deposit-title = Пополнение в { $currency }
app-hero-deposit-note = От { $amount }, зачислится само, как только придёт
app-hero-fair-title = Не верьте. Проверяйте.
app-hero-fair-note = Каждый раунд заведения можно пересчитать в своём браузере
app-hero-fair-action = Как это работает
app-search = Поиск
app-search-games = Поиск игр и студий
app-search-nothing = По запросу «{ $text }» ничего нет
app-search-nothing-note = Попробуйте другое название или его часть.
app-category-all = Все
app-row-unfinished = Продолжить игру
app-row-recent = Недавние игры
app-row-favourites = Избранное
app-row-house = Игры заведения
app-row-popular = Популярное
app-row-new = Новинки
app-row-studios = Студии
app-categories = Виды игр
app-see-all = Показать все
app-see-all-of = Все { $count }
app-all-games = Все игры
app-games = { $count ->
        [one] { $count } игра
        [few] { $count } игры
       *[other] { $count } игр
    }
app-unavailable = Временно недоступна
app-unavailable-title = Игра «{ $title }» временно недоступна
app-unavailable-note = Она откроется сама, как только вернётся. Ваш баланс в сохранности.
app-unavailable-tapped = Игра «{ $title }» временно недоступна. Она вернётся сама.
app-unfinished-staked = Ставка { $amount }
app-house-game = От заведения
app-rtp = RTP { $rtp } %
app-no-games = Сейчас игр нет
app-no-games-note = Меняем столы. Загляните через минуту.
app-no-matches = Такой игры нет
app-no-matches-note = Снимите один из фильтров или начните заново.
app-no-recent = Вы ещё не играли
app-no-favourites = В избранном пусто
app-no-favourites-note = Нажмите на сердце у игры, и она будет ждать вас здесь.
app-favourite = Избранное: { $title }
app-favourite-failed = Сохранить не вышло. Попробуйте ещё раз.
app-sort = Порядок
app-sort-popular = Популярные
app-sort-new = Новые
app-sort-title = По названию
app-sort-rtp = По отдаче (RTP)
app-filters = Фильтры
app-filters-reset = Сбросить
app-filters-apply = Показать игры
app-filters-show = Показать { $count ->
        [one] { $count } игру
        [few] { $count } игры
       *[other] { $count } игр
    }
app-filter-remove = Убрать фильтр: { $name }
app-filter-mode = Возможности
app-filter-any = Любые
app-filter-demo = Демо
app-filter-free-spins = Фриспины
app-filter-volatility = Волатильность
app-filter-volatility-is = Волатильность: { $level }
app-volatility-low = Низкая
app-volatility-medium = Средняя
app-volatility-high = Высокая
app-filter-features = Особенности
app-feature-bonus-buy = Покупка бонуса
app-feature-jackpot = Джекпот
app-feature-megaways = Megaways
app-feature-free-spins = Фриспины
app-feature-cluster = Кластерные выплаты
app-feature-hold-and-win = Hold and Win
app-filter-studio = Студия
app-filter-find-studio = Найти среди { $count } студий
app-help-and-limits = Лимиты и помощь
app-footer-note = Только для взрослых. Играйте в удовольствие и умейте остановиться.

## Балансы и пополнение

app-balances = Балансы
app-choose-currency = Выбрать другой баланс
app-play-money = Игровые деньги
app-real-money = Настоящие деньги
app-held = { $amount } в резерве
app-bonus = { $amount } бонус
app-wallet = Кошелёк
app-wallet-history = История
app-deposit = Пополнить
app-amount = Сумма
app-minimum = Не меньше { $amount }
app-no-methods = Сейчас пополнить нельзя
app-no-methods-note = Касса временно закрыта. Ваш баланс не тронут.
app-play-money-note = Игровые деньги бесплатны, ничего не стоят, и вывести их нельзя.
app-deposit-add = Добавить { $amount }
app-deposit-waiting = Ждём ваш перевод
app-deposit-credited = Зачислено
app-deposit-done = Зачислено на ваш баланс
app-deposit-memo = Комментарий (memo), обязательно
app-deposit-memo-warning = Отправляйте ровно с этим комментарием. Без него мы не поймём, что деньги ваши, и разбираться придётся вручную.
app-deposit-address = Адрес { $currency }
app-deposit-qr = QR-код с адресом и комментарием
app-deposit-open-wallet = Открыть приложение-кошелёк
app-deposit-minimum = Не меньше { $amount }. Меньшие суммы не зачисляются.
app-deposit-trouble = Сейчас мы видим переводы с опозданием. Отправленное не пропадёт: зачислим, как только увидим.
app-no-deposits = Пополнений пока нет
app-no-deposits-note = Они появятся здесь сразу после зачисления.
app-all-movements = Все операции
app-play-now = Играть

## История

app-history = История
app-history-empty = Здесь пока пусто
app-history-empty-note = Тут будут ставки, выигрыши и пополнения, новые сверху.
app-to-games = К играм
app-entry = Операция
app-entry-at = Время
app-entry-game = Игра
app-entry-balance = Баланс после
app-entry-round = Раунд
app-entry-id = Номер
app-kind-bet = Ставка
app-kind-tip = Чаевые
app-kind-buy-in = Взнос за стол
app-kind-promo-bet = Ставка по акции
app-kind-bonus-buy = Покупка бонуса
app-kind-win = Выигрыш
app-kind-free-spin-win = Выигрыш во фриспинах
app-kind-jackpot = Джекпот
app-kind-promo-win = Выигрыш по акции
app-kind-tournament-win = Приз турнира
app-kind-payout = Выплата
app-kind-game-correction-up = Исправление игры
app-kind-game-correction-down = Исправление игры
app-kind-reversal = Возврат ставки
app-kind-finish = Раунд закрыт
app-kind-deposit = Пополнение
app-kind-grant = Подарок
app-kind-correction-up = Исправление
app-kind-correction-down = Исправление
app-kind-hold = Взято в резерв
app-kind-capture = Выплачено из резерва
app-kind-release = Возвращено из резерва
app-kind-other = Другая операция

## Профиль

app-player-id = Игрок { $id }
app-settings = Настройки
app-language = Язык
app-theme = Тема
app-theme-system = Системная
app-theme-night = Ночь
app-play-safe = Спокойная игра
app-fairness-note = Сиды, хеши и ваша собственная проверка
app-rules = Правила заведения
app-rules-note = На что вы согласились, простыми словами
app-limits = Лимиты и перерывы
app-limits-note = Попросите о лимите или паузе в чате
app-help = Помощь
app-help-note = Ответы и поддержка в чате
app-privacy = Приватность
app-privacy-note = Что мы храним и зачем
app-sign-out = Выйти из демо

## Вход и правила

app-gate-title = Добро пожаловать, { $name }
app-gate-note = Два подтверждения — и двери открыты.
app-gate-note-demo = Заведение работает в демо-режиме: вы играете на бесплатные деньги, которые ничего не стоят.
app-gate-adult = Мне есть 18 лет, и по законам моей страны я могу играть
app-gate-terms = Я принимаю правила заведения
app-gate-read = Прочитать правила
app-gate-enter = Войти
app-rule-demo = Заведение работает в демо-режиме. Игровые деньги ничего не стоят, и вывести их нельзя.
app-rule-adult = Здесь играют только взрослые, у каждого один собственный счёт.
app-rule-money = Баланс хранится до последней единицы. Каждая операция есть в истории под своим номером.
app-rule-fair = Результаты игр заведения вычисляются из сидов, которые мы фиксируем до вашей ставки. Любой раунд можно проверить.
app-rule-limits = Игра — развлечение, а не заработок. В чате можно в любой момент попросить о лимите, паузе или закрытии счёта.
app-rule-errors = Сорвавшийся раунд доводится до конца или возвращается целиком. Сломанная игра не платит по ошибке, но и ставку не забирает.
app-rule-privacy = Мы храним только то, что нужно играм, кассе и закону. Попросить копию данных или удаление можно в чате.
app-rules-version = Версия { $version }

## Игры провайдеров

app-game = Игра
app-game-opening = Открываем { $title }…
app-game-late = Игра загружается необычно долго.
app-fullscreen = На весь экран
app-leave-game = Выйти из игры
app-try-demo = Демо
app-play-real = На деньги
app-other-currency = В «{ $title }» не играют на { $currency }
app-other-currency-note = Выберите баланс, который подходит: с ним игра и откроется.
app-no-currency = Ни один из ваших балансов не подходит для «{ $title }»
app-no-currency-note = Выберите, пожалуйста, другую игру.
app-tables = Столы
app-tables-choose = Выберите стол, и игра откроется за ним.
app-tables-none = Сейчас столов нет
app-tables-none-note = Столы открываются и закрываются весь день. Они появятся здесь сами.
app-tables-other = Выбрать другой стол
app-tables-demo = Попробовать демо
app-table-open = Открыт
app-table-closed = Закрыт
app-table-dealer = Дилер: { $name }
app-table-limits = Ставки { $least } – { $most }
app-table-from = Ставки от { $least }
app-table-to = Ставки до { $most }
app-cut-title = Игра закрыта
app-cut-session-limit = Время вашей игровой сессии вышло.
app-cut-excluded = Вы отказались от игры, поэтому открытые игры закрыты. Вывод средств и баланс по-прежнему доступны.
app-cut-frozen = Ваш счёт заморожен, поэтому открытые игры закрыты. Напишите в поддержку в чате.
app-cut-staff = Заведение закрыло эту игру. Причину подскажет поддержка в чате.
app-cut-general = Эта игровая сессия завершена.
app-cut-settles = Сделанные ставки будут рассчитаны как обычно.

## Время и итоги игры

app-time-minutes = { $minutes } мин
app-time-hours = { $hours } ч { $minutes } мин
app-reality-title = Вы играете уже { $time }
app-reality-since = Во всех играх с { $time }
app-reality-staked = Ставки
app-reality-won = Выигрыши
app-reality-returned = Возвраты
app-reality-net = Итог
app-reality-nothing = За это время ставок не было.
app-reality-unknown = Сейчас не получилось подсчитать ставки. Все они есть в истории.
app-reality-continue = Продолжить
app-reality-break = Сделать перерыв

## Честность

app-fairness = Доказуемая честность
app-fairness-short = Честность
app-fair-how = Каждый бросок вычисляется из нашего секретного сида, вашего сида и счётчика. Хеш нашего сида виден до ставки, поэтому подменить его нельзя, а свой сид выбираете вы.
app-fair-your-seeds = Ваши сиды
app-fair-server-hash = Хеш нашего сида (SHA-256)
app-fair-server-seed = Наш сид, раскрыт
app-fair-client-seed = Ваш сид
app-fair-nonce = След. ставка
app-fair-bet-number = Ставка №
app-fair-next-seed = Ваш следующий сид
app-fair-random = Другой случайный сид
app-fair-rotate = Сменить сиды
app-fair-rotate-note = Раскроет наш нынешний сид, чтобы проверить все раунды с ним, и начнёт новую пару.
app-fair-revealed = Наш сид { $count ->
        [one] последней { $count } ставки
        [few] последних { $count } ставок
       *[many] последних { $count } ставок
    }
app-fair-hash-kept = Его хеш совпал с показанным. Мы сдержали слово.
app-fair-hash-broken = Его хеш не совпал с показанным. Сообщите в поддержку.
app-fair-sealed = Наш сид ещё в секрете: с ним вы можете ставить дальше. Смените сиды, он раскроется, и раунд можно будет пересчитать.
app-fair-open-seeds = Перейти к сидам
app-fair-unknown-algorithm = Этот раунд вычислен способом, которого эта версия приложения не знает.
app-fair-no-crypto = На незащищённом соединении браузер не даёт криптографию. Откройте страницу по HTTPS, чтобы проверить.
app-fair-computing = Пересчитываем…
app-fair-verified = Пересчитано в вашем браузере: всё сходится
app-fair-mismatch = Пересчитанный раунд не совпадает
app-fair-step-hash = SHA-256 нашего сида равен хешу, показанному до ставки
app-fair-step-hmac = HMAC-SHA256 с нашим сидом от «{ $message }»
app-fair-step-roll = { $value } mod { $outcomes } даёт { $roll }
app-fair-1-title = Мы фиксируем
app-fair-1-note = До первой ставки мы выбираем секретный сид и показываем его хеш SHA-256. Хеш закрепляет сид, не выдавая его.
app-fair-2-title = Вы участвуете
app-fair-2-note = Ваш сид и номер ставки входят в каждый бросок. Меняйте свой сид когда угодно: предвидеть его мы не можем.
app-fair-3-title = Вы проверяете
app-fair-3-note = Смените сиды — и старый секрет раскроется. Откройте любой раунд: ваш браузер пересчитает его и сравнит.
app-round = Раунд
app-round-id = Раунд { $id }

## Первая страница

app-land-title = Казино, которое помещается в чат
app-land-note = Один кошелёк для всех игр и доказательство для каждого броска. Всё внутри Telegram.
app-land-demo = Войти как демо-игрок
app-land-telegram = Открыть в Telegram
app-land-play-money = Только игровые деньги: нечего платить и нечего терять.
app-land-no-bot = К этому заведению ещё не подключён бот Telegram.
app-land-wallet = Один кошелёк
app-land-wallet-note = У игр заведения и провайдеров общий баланс. Он меняется у вас на глазах.
app-land-fair = Доказуемо честно
app-land-fair-note = Сиды фиксируются до ставки. Результат проверяет ваш собственный браузер.
app-land-fast = Сделано для телефона
app-land-fast-note = Открывается мгновенно, в цветах вашего Telegram и на вашем языке.
