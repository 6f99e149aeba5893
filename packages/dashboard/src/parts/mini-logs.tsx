import { NARROW } from '../format/numbers.ts'
import { msOf } from '../format/times.ts'
import { fieldsOf, graveOf, type Log, messageOf } from '../logs/log.ts'
import { isoOf } from '../logs/record.ts'
import { useApp } from '../state/app.ts'

/** A few log lines with their times before and after one of them. Each is a link to it in Logs. */
export function MiniLogs({ logs, zero }: { logs: readonly Log[]; zero: Pick<Log, 'time' | 'cursor'> }) {
  const { address } = useApp()
  return (
    <ol class="mini-logs">
      {logs.map((log) => (
        <li key={log.cursor} aria-current={log.cursor === zero.cursor ? 'true' : undefined}>
          <time dateTime={isoOf(log.time)} title={isoOf(log.time)}>
            {distanceText(msOf(log.time) - msOf(zero.time))}
          </time>
          <span class="lv" data-level={graveOf(log.level)}>
            {log.level}
          </span>
          <span class="clip">
            <a class="plain" href={address.to('/logs', { open: log.cursor, ...rangeAround(log) })}>
              <bdi>{messageOf(log).slice(0, 500)}</bdi>
            </a>
            <span class="kvs">
              {fieldsOf(log).map(([name, value]) => (
                <>
                  {' '}
                  <i>{name}=</i>
                  <bdi>{value}</bdi>
                </>
              ))}
            </span>
          </span>
        </li>
      ))}
    </ol>
  )
}

/** `−0.99 s`, `0`, `+8 ms`, `+12.0 s`. */
function distanceText(ms: number): string {
  if (Math.abs(ms) < 0.5) return '0'
  if (Math.abs(ms) < 99.5) return `${ms < 0 ? '−' : '+'}${Math.round(Math.abs(ms))}${NARROW}ms`
  const sign = ms < 0 ? '−' : '+'
  const seconds = Math.abs(ms) / 1_000
  return `${sign}${seconds < 100 ? seconds.toFixed(seconds < 10 ? 2 : 1) : Math.round(seconds)}${NARROW}s`
}

/** A quarter of an hour on both sides of a line, so that its link finds it later as well. */
function rangeAround({ time }: Log): { from: string; to: string; r: null } {
  const ms = Math.round(msOf(time))
  return { from: String(ms - 900_000), to: String(ms + 900_000), r: null }
}
