/** Words of UCUM units, as Prometheus' metric names have them. */
const UNITS: ReadonlyMap<string, string> = new Map([
  ['d', 'days'],
  ['h', 'hours'],
  ['min', 'minutes'],
  ['s', 'seconds'],
  ['ms', 'milliseconds'],
  ['us', 'microseconds'],
  ['ns', 'nanoseconds'],
  ['By', 'bytes'],
  ['KiBy', 'kibibytes'],
  ['MiBy', 'mebibytes'],
  ['GiBy', 'gibibytes'],
  ['TiBy', 'tebibytes'],
  ['kBy', 'kilobytes'],
  ['KBy', 'kilobytes'],
  ['MBy', 'megabytes'],
  ['GBy', 'gigabytes'],
  ['TBy', 'terabytes'],
  ['m', 'meters'],
  ['V', 'volts'],
  ['A', 'amperes'],
  ['J', 'joules'],
  ['W', 'watts'],
  ['g', 'grams'],
  ['Cel', 'celsius'],
  ['Hz', 'hertz'],
  ['1', ''],
  ['%', 'percent'],
])

/** Words of what comes after a slash. */
const UNITS_PER: ReadonlyMap<string, string> = new Map([
  ['s', 'second'],
  ['m', 'minute'],
  ['h', 'hour'],
  ['d', 'day'],
  ['w', 'week'],
  ['mo', 'month'],
  ['y', 'year'],
])

/**
 * The words that a unit adds to the name of a metric, such as `bytes` and `per_second` of `By/s`; empty where there is none. What is in
 * braces is an annotation, not a unit.
 */
export function unitWords(unit: string): { readonly main: string; readonly per: string } {
  const slash = unit.indexOf('/')
  const main = (slash === -1 ? unit : unit.slice(0, slash)).trim()
  const per = slash === -1 ? '' : unit.slice(slash + 1).trim()
  const perWord = isAnnotation(per) ? '' : words(UNITS_PER.get(per) ?? per).replace(/_$/, '')
  return {
    main: isAnnotation(main) ? '' : words(UNITS.get(main) ?? main).replace(/_$/, ''),
    per: perWord === '' ? '' : `per_${perWord}`,
  }
}

function isAnnotation(unit: string): boolean {
  return /[{}]/.test(unit)
}

/** Only characters that a name may have. */
function words(unit: string): string {
  return unit.replaceAll(/[^a-zA-Z0-9:]+/g, '_').replace(/^_/, '')
}
