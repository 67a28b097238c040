# Days and times. `$month` is 1 to 12, `$weekday` 0 (Monday) to 6.

## When something was written

when-today = Today { $time }
when-yesterday = Yesterday { $time }
when-weekday = { $weekday ->
    [0] Monday { $time }
    [1] Tuesday { $time }
    [2] Wednesday { $time }
    [3] Thursday { $time }
    [4] Friday { $time }
    [5] Saturday { $time }
   *[6] Sunday { $time }
}
when-day-month = { $month ->
    [1] { $day } January
    [2] { $day } February
    [3] { $day } March
    [4] { $day } April
    [5] { $day } May
    [6] { $day } June
    [7] { $day } July
    [8] { $day } August
    [9] { $day } September
    [10] { $day } October
    [11] { $day } November
   *[12] { $day } December
}
when-date = { $month ->
    [1] { $day } January { $year }
    [2] { $day } February { $year }
    [3] { $day } March { $year }
    [4] { $day } April { $year }
    [5] { $day } May { $year }
    [6] { $day } June { $year }
    [7] { $day } July { $year }
    [8] { $day } August { $year }
    [9] { $day } September { $year }
    [10] { $day } October { $year }
    [11] { $day } November { $year }
   *[12] { $day } December { $year }
}
when-around = around { $date }, by that phone's clock

## The same inside a sentence

when-inside-today = today { $time }
when-inside-yesterday = yesterday { $time }

## In full

when-long = { $weekday ->
    [0] Monday, { $date }, { $time }
    [1] Tuesday, { $date }, { $time }
    [2] Wednesday, { $date }, { $time }
    [3] Thursday, { $date }, { $time }
    [4] Friday, { $date }, { $time }
    [5] Saturday, { $date }, { $time }
   *[6] Sunday, { $date }, { $time }
}

## Until when

until-time = until { $time }
until-weekday = { $weekday ->
    [0] until Monday { $time }
    [1] until Tuesday { $time }
    [2] until Wednesday { $time }
    [3] until Thursday { $time }
    [4] until Friday { $time }
    [5] until Saturday { $time }
   *[6] until Sunday { $time }
}
until-date = until { $date }, { $time }
works-once = works once, { $until }
