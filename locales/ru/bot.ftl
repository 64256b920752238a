### Что говорит бот. Разметка Telegram: b, i, code. Значения экранирует код; суммы приходят готовыми.

## Кнопки

bot-button-play = ▶️ Играть
bot-button-menu-app = Играть
bot-button-menu = ☰ Меню
bot-button-wallet = 💰 Кошелёк
bot-button-deposit = ➕ Пополнить
bot-button-history = 🧾 История
bot-button-help = ❔ Помощь
bot-button-language = 🌐 Язык
bot-button-privacy = 🔒 Конфиденциальность
bot-button-support = 💬 Помощь с платежом
bot-button-older = Раньше ›
bot-button-back = ‹ Назад
bot-button-cancel = ✕ Отмена
bot-button-staff = ‹ Персонал
bot-button-adult = Мне есть 18 лет
bot-button-minor = Мне меньше
bot-button-accept = Принимаю условия
bot-button-decline = Не принимаю
bot-button-terms-again = Прочитать условия ещё раз
bot-button-private = Открыть личный чат
bot-button-open-wallet = 💎 Открыть в кошельке
bot-button-copy-address = Копировать адрес
bot-button-copy-memo = Копировать memo
bot-button-play-money = 🎲 Игровые деньги · { $currency }
bot-button-write = ✍️ Написать персоналу
bot-button-open = Открыть

## Команды в списке Telegram

bot-command-menu = Главное меню
bot-command-balance = Ваши балансы
bot-command-deposit = Пополнить счёт
bot-command-history = Последние операции
bot-command-language = Сменить язык
bot-command-help = Что здесь можно делать
bot-command-paysupport = Помощь с платежом
bot-command-privacy = Что мы о вас храним
bot-command-admin = Персонал

## Прежде всего остального

bot-age =
    <b>Добро пожаловать, { $name }.</b>

    Здесь играют только взрослые. Сначала подтвердите возраст.
bot-minor =
    <b>Возвращайтесь, когда вам исполнится 18.</b>

    Несовершеннолетним здесь ничего не доступно. Если вы нажали не ту кнопку, это ещё можно исправить.
bot-terms =
    <b>Условия, коротко</b>

    • Вы совершеннолетний по законам своей страны, и игра там разрешена.
    • Один счёт на человека и только собственные деньги.
    • Сделанную ставку отменить нельзя. Любой результат можно потом проверить.
    • Пополнение попадает на баланс только с вашим личным memo.
    • Персонал может заморозить счёт ради вашей защиты или защиты дома и обязан записать причину.
    • Играйте ради удовольствия. Преимущество у дома, и со временем это заметно.

    Принимая, вы соглашаетесь с этими условиями и с порядком обработки данных.
bot-declined =
    <b>Ничего страшного.</b>

    Без принятия условий ничего не откроется. Вернуться можно в любой момент.
bot-gate-first = Сначала ответьте на этот вопрос.
bot-welcome-toast = Добро пожаловать!
bot-accepted-before = Вы уже приняли условия.

## Меню и игра

bot-menu =
    <b>Рады видеть вас, { $name }.</b>

    «Играть» открывает игры. Кошелёк везде один и тот же.
bot-menu-frozen = ⚠️ Ваш счёт заморожен: ставки и выводы остановлены. Деньги в сохранности. Подробности: /paysupport.
bot-play-elsewhere =
    <b>Откройте игры в браузере</b>

    { $url }

    Telegram открывает внутри чата только защищённые (https) страницы, а у этого дома сейчас такой нет.
bot-language = <b>Выберите язык</b>
bot-language-chosen = Теперь по-русски.

## Кошелёк

bot-wallet = <b>Кошелёк</b>
bot-balance-line =
    { $kind ->
        [play] <b>{ $amount }</b> · игровые деньги
       *[other] <b>{ $amount }</b>
    }
bot-balance-bonus = + { $amount } бонус
bot-balance-held = ({ $amount } в резерве)

## Пополнение

bot-deposit =
    <b>Пополнение</b>

    Выберите, что добавить.
bot-deposit-none =
    <b>Пополнение</b>

    Сейчас ни один способ не доступен. Загляните позже.
bot-deposit-target = <b>Пополнение { $currency }</b>
bot-deposit-address =
    Адрес
    <code>{ $address }</code>
bot-deposit-memo =
    Memo (комментарий)
    <code>{ $memo }</code>
bot-deposit-warning = ⚠️ <b>Отправляйте именно с этим memo.</b> По нему видно, что деньги ваши. Без него или с другим платёж придётся искать вручную.
bot-deposit-minimum = Минимум: { $minimum }. Как только деньги придут, здесь появится сообщение; обычно это меньше минуты.
bot-deposit-trouble = ⏳ Сейчас мы не видим новых пополнений. Ничего не пропадёт: отправленное зачислится, как только связь вернётся.
bot-play-money =
    <b>Игровые деньги</b>

    Берите { $currency } сколько хотите. Они нужны только для игры и вне её ничего не стоят.
bot-play-money-taken = На баланс добавлено { $amount }.

## История

bot-history = <b>История</b> (время UTC)
bot-history-empty = Здесь пока ничего не происходило.
bot-history-line =
    { $title }
    <b>{ $amount }</b> → { $balance } · <i>{ $at }</i>
bot-kind-bet = Ставка
bot-kind-tip = Чаевые
bot-kind-buy-in = Вход в игру
bot-kind-promo-bet = Промо-ставка
bot-kind-bonus-buy = Покупка бонуса
bot-kind-win = Выигрыш
bot-kind-free-spin-win = Выигрыш во фриспинах
bot-kind-jackpot = Джекпот
bot-kind-promo-win = Промо-выигрыш
bot-kind-tournament-win = Выигрыш в турнире
bot-kind-payout = Выплата
bot-kind-reversal = Отмена
bot-kind-finish = Раунд завершён
bot-kind-deposit = Пополнение
bot-kind-grant = Подарок
bot-kind-correction-up = Корректировка
bot-kind-correction-down = Корректировка
bot-kind-hold = Резерв
bot-kind-capture = Списано из резерва
bot-kind-release = Возвращено из резерва

## Помощь

bot-help =
    <b>Что здесь можно делать</b>

    /menu · открыть игры и всё остальное
    /balance · посмотреть балансы
    /deposit · пополнить счёт
    /history · посмотреть последние операции
    /language · сменить язык
    /paysupport · получить помощь с платежом
    /privacy · узнать, что мы о вас храним

    Заранее решите, сколько готовы проиграть, и на этом остановитесь. Если игра перестала радовать, сделайте перерыв.
bot-privacy =
    <b>Конфиденциальность</b>

    <b>Что мы храним:</b> ваш номер в Telegram, имя, имя пользователя и язык; когда вы приняли условия; балансы, ставки и пополнения; адрес, с которого вы пополняете.

    <b>Зачем:</b> чтобы вести ваш счёт, подтверждать каждое движение денег и потому, что учёта требует закон. Мы ничего не продаём и не используем для рекламы.

    <b>Кто это видит:</b> наш персонал. Поставщики игр видят номер счёта и ваши ставки у них, но не ваше имя в Telegram.

    <b>Ваши права:</b> запросите копию или удаление через /paysupport. Записи о деньгах хранятся столько, сколько требует закон.
bot-paysupport =
    <b>Помощь с платежом</b>

    Ваш номер игрока: <code>{ $player }</code>

    <b>Пополнение не пришло?</b>
    1. Проверьте в своём кошельке, что перевод выполнен.
    2. Сравните адрес и memo с указанными в /deposit.
    3. Сумма должна быть не меньше указанного там минимума.

    Деньги без memo не пропадают: мы их учитываем и можем зачислить вручную. Сообщите персоналу сумму, время и хеш транзакции.

bot-support-ask = Что случилось? Напишите одним сообщением; персонал получит его вместе с вашим номером игрока.
bot-support-length = Пришлите текст длиной от 1 до 400 символов.
bot-support-wait = Минутку: предыдущее сообщение уже в пути. Через минуту можно написать ещё.
bot-support-sent = ✅ Персонал получил сообщение и напишет вам.
bot-support-nobody = Сейчас никого не застать. Попробуйте позже.

## Когда что-то не подходит

bot-unknown-command = Такой команды я не знаю. /help покажет, что я умею.
bot-unknown-message = Лучше всего я понимаю кнопки и команды. /menu открывает меню, /help объясняет.
bot-old-button = Эта кнопка устарела. Новые кнопки: /menu.
bot-refused = Не получилось. Ничего не изменилось.
bot-try-later = Нужная служба сейчас не отвечает. Попробуйте чуть позже; ничего не потеряно.
bot-broken = Ошибка на нашей стороне. Попробуйте ещё раз; персонал увидит её в журнале.
bot-group-hint = Деньги — дело личное. Поговорим в личном чате.

## Что произошло

bot-event-deposit =
    ✅ <b>Поступило { $amount }.</b>

    Ваш баланс: { $balance }
bot-event-adjusted =
    <b>Ваш баланс исправлен: { $amount }</b>

    Причина: { $reason }
bot-event-frozen =
    ⚠️ <b>Ваш счёт заморожен.</b>

    Ставки и выводы пока остановлены. Деньги в сохранности. Вопросы: /paysupport
bot-event-unfrozen = ✅ <b>Ваш счёт снова открыт.</b>
bot-event-filed =
    📥 <b>Пополнение ждёт человека</b>

    Сумма: { $amount }
    Способ: { $rail }
    Причина: { $reason ->
        [no_memo] нет memo
        [unknown_memo] такого memo ни у кого нет
        [bad_encoding] memo не читается
        [encrypted] memo зашифрован
        [below_minimum] меньше минимума
        [unknown_asset] неизвестный актив
        [not_credited] журнал отклонил перевод, нужен человек
       *[other] не удаётся зачислить
    }
    Транзакция: <code>{ $transaction }</code>

bot-event-letter =
    ✉️ <b>Пишет игрок</b>

    <a href="tg://user?id={ $telegram }">{ $name }</a> · <code>{ $player }</code>

    { $letter }

## Персонал

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
