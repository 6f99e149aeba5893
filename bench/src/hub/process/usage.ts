import { readFileSync } from 'node:fs'

/** Clock ticks per second in `/proc`, on all of Linux' architectures: https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html */
const TICKS = 100

/** CPU time that all threads of a process have used so far, in milliseconds. */
export function cpuMsOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  // The name, in parentheses, may have spaces. The state is field 3, user and system time are fields 14 and 15.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return ((Number(fields[11]) + Number(fields[12])) * 1_000) / TICKS
}

/** The largest resident memory that a process has had, in bytes. */
export function peakRssOf(pid: number): number {
  const [, kilobytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  if (kilobytes === undefined) throw new Error(`/proc/${pid}/status has no VmHWM`)
  return Number(kilobytes) * 1_024
}

/** The load average of the last minute: processes that run or wait for a core. */
export function loadAverage(): number {
  return Number(readFileSync('/proc/loadavg', 'utf8').split(' ')[0])
}
