import type { Family } from './exposition.ts'
import { family, linesOf } from './readings.ts'

const ROOT = '/sys/fs/cgroup'

/**
 * What the container may use and does, where it has a control group of the second version:
 * https://docs.kernel.org/admin-guide/cgroup-v2.html
 */
export async function cgroupFamilies(): Promise<Array<Family | undefined>> {
  const group = await ownGroup()
  const [[limit], [usage], [cpus = ''], stat] = await Promise.all([
    linesOf(`${group}/memory.max`),
    linesOf(`${group}/memory.current`),
    linesOf(`${group}/cpu.max`),
    linesOf(`${group}/cpu.stat`),
  ])
  // `200000 100000`: so many microseconds of each so many.
  const [quota, period] = cpus.split(' ')
  const throttled = stat.find((line) => line.startsWith('throttled_usec '))?.split(' ')[1]
  return [
    known('process_cgroup_memory_limit_bytes', 'Memory that the container may use.', 'gauge', Number(limit)),
    known(
      'process_cgroup_memory_usage_bytes',
      'Memory that the container uses, caches included.',
      'gauge',
      Number(usage),
    ),
    known(
      'process_cgroup_cpu_limit_cores',
      'Processors that the container may keep busy.',
      'gauge',
      Number(quota) / Number(period),
    ),
    known(
      'process_cgroup_cpu_throttled_seconds_total',
      'Time for which the container had to stand still, because it had used up its share of the processors.',
      'counter',
      Number(throttled) / 1e6,
    ),
  ]
}

/** A family of one sample; `undefined`: there is no such file, or it says `max`, which is no limit. */
function known(name: string, help: string, type: 'gauge' | 'counter', value: number): Family | undefined {
  return family(name, help, type, Number.isFinite(value) ? [[{}, value]] : [])
}

/** Within a container its group is the root of what it sees. */
async function ownGroup(): Promise<string> {
  const membership = (await linesOf('/proc/self/cgroup')).find((line) => line.startsWith('0::'))
  const path = `${ROOT}${membership?.slice('0::'.length) ?? ''}`
  return (await linesOf(`${path}/cgroup.controllers`)).length > 0 ? path.replace(/\/$/, '') : ROOT
}
