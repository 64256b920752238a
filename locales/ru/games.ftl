# Собственные слова игр. Суммы приходят уже отформатированными.

game-category-slots = Слоты
game-category-live = Живое казино
game-category-crash = Краш
game-category-table = Настольные
game-category-instant = Быстрые

## Любая игра заведения

game-stake = Ставка
game-stake-limits = { $minimum } – { $maximum }
game-stake-max = Макс
game-stake-missing = Введите ставку
game-stake-low = Минимум { $amount }
game-stake-high = Максимум { $amount }
game-stake-unfunded = На этом балансе не хватает
game-staked = Ставка { $amount }
game-profit = Прибыль при выигрыше
game-won = Выигрыш { $amount }
game-no-win = { $amount }
game-deposit-to-play = Пополнить и играть
game-other-currency = В эту игру не играют на { $currency }.
game-bet-check = Проверить ставку
game-bet-unknown = Ответа нет. Ставка могла пройти: проверьте её, дважды она не спишется.
game-my-bets = Мои ставки
game-no-bets = Ставок пока нет
game-no-bets-note = Здесь будут ваши раунды, каждый с доказательством.
game-rules = Правила
game-limits = Пределы ставок
game-more = Ещё
game-less = Свернуть

## Кости

game-dice-title = Кости
game-dice-roll = Бросить
game-dice-odds = Шанс выигрыша { $chance } %
game-dice-multiplier = Множитель
game-dice-under = Меньше
game-dice-over = Больше
game-dice-chance = Шанс
game-dice-turn = Поменять «меньше» и «больше»
game-dice-slider = Граница выигрышной зоны
game-dice-last = Последние броски
game-dice-no-rolls = Здесь появятся ваши последние броски
game-dice-rules-roll = Бросок — число от 0,00 до 99,99, все 10 000 равновероятны. «Меньше» выигрывает ниже границы, «больше» — выше неё.
game-dice-rules-pay = Выигрыш — это ставка, умноженная на множитель. В среднем { $rtp } % ставок возвращаются игрокам при любом выбранном шансе.
game-dice-rules-rounding = Выплата отсекается до наименьшей единицы валюты. Показанный множитель округлён до четырёх знаков, выплата считается по точной дроби.
