/** A date in UTC. `year` is apart, as JavaScript's dates end long before 64-bit seconds do. */
interface Moment {
  readonly date: Date
  readonly year: number
}

/** The last second that a JavaScript date can be, on both sides of 1970. */
const LAST_SECOND = 8.64e12

const DAYS_OF_400_YEARS = 146_097n
const SECONDS_OF_DAY = 86_400n
/** Go counts 64-bit seconds from here, and years are the same again every 400 of them. */
const FIRST_YEAR = -292_277_022_399n
const SECONDS_BEFORE_1970 = 62_135_596_800n + 9_223_371_966_579_724_800n
const FIRST_DAY_OF_2001 = Date.UTC(2001, 0, 1)

/** The moment of a number of seconds since 1970, which is cut to 64 bits as Go does it. */
function momentOf(value: number): Moment {
  if (Math.abs(value) <= LAST_SECOND) {
    const date = new Date(Math.trunc(value) * 1000)
    return { date, year: date.getUTCFullYear() }
  }
  const fits = Math.abs(value) < 2 ** 63
  const seconds = fits ? BigInt(Math.trunc(value)) : -(2n ** 63n)
  const absolute = BigInt.asUintN(64, seconds + SECONDS_BEFORE_1970)
  const days = absolute / SECONDS_OF_DAY
  const inCycle = Number(days % DAYS_OF_400_YEARS) * 86_400_000 + Number(absolute % SECONDS_OF_DAY) * 1000
  const date = new Date(FIRST_DAY_OF_2001 + inCycle)
  const firstOfCycle = FIRST_YEAR + 400n * (days / DAYS_OF_400_YEARS)
  return { date, year: Number(firstOfCycle) + date.getUTCFullYear() - 2001 }
}

function daysInMonth(date: Date): number {
  return new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate()
}

function dayOfYear(date: Date): number {
  const midnight = Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate())
  return (midnight - Date.UTC(date.getUTCFullYear(), 0, 1)) / 86_400_000 + 1
}

/** The functions of a time in seconds. */
export const DATES: Readonly<Record<string, (seconds: number) => number>> = {
  day_of_month: (seconds) => momentOf(seconds).date.getUTCDate(),
  day_of_week: (seconds) => momentOf(seconds).date.getUTCDay(),
  day_of_year: (seconds) => dayOfYear(momentOf(seconds).date),
  days_in_month: (seconds) => daysInMonth(momentOf(seconds).date),
  hour: (seconds) => momentOf(seconds).date.getUTCHours(),
  minute: (seconds) => momentOf(seconds).date.getUTCMinutes(),
  month: (seconds) => momentOf(seconds).date.getUTCMonth() + 1,
  year: (seconds) => momentOf(seconds).year,
}
