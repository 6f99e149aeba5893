import type { Family } from '../series/family.ts'
import { family, linesOf } from './readings.ts'

/** Version 1 has a huge number in place of no limit: 2⁶³, less a part of a page. */
const NO_LIMIT_BYTES = 2 ** 62

/** A group's limit (`Infinity` if there is none) and its usage data. */
interface Reading {
  readonly limit: number
  readonly use: number
}

const UNKNOWN: Reading = { limit: Number.NaN, use: Number.NaN }

/**
 * The limits and usage of the container. Among nested control groups, the one with the smallest limit is
 * reported, since it is reached first.
 *
 * @param root mount point of the groups. Version 2: https://docs.kernel.org/admin-guide/cgroup-v2.html, 1:
 * https://docs.kernel.org/admin-guide/cgroup-v1/
 * @param membership the file that names the groups of the process
 */
export async function cgroupFamilies(
  root = '/sys/fs/cgroup',
  membership = '/proc/self/cgroup',
): Promise<Array<Family | undefined>> {
  const memberships = await linesOf(membership)
  const isSecond = (await linesOf(`${root}/cgroup.controllers`)).length > 0
  const [memory, cpu] = await Promise.all(
    isSecond
      ? [
          tightest(root, pathOf(memberships, ''), secondMemory),
          tightest(root, pathOf(memberships, ''), secondCpu),
        ]
      : [
          tightest(`${root}/memory`, pathOf(memberships, 'memory'), firstMemory),
          tightest(`${root}/cpu`, pathOf(memberships, 'cpu'), firstCpu),
        ],
  )
  return [
    known('process_cgroup_memory_limit_bytes', 'Memory that the container may use.', 'gauge', memory.limit),
    known(
      'process_cgroup_memory_usage_bytes',
      'Memory that the container uses, caches included.',
      'gauge',
      memory.use,
    ),
    known(
      'process_cgroup_cpu_limit_cores',
      'Processors that the container may keep busy.',
      'gauge',
      cpu.limit,
    ),
    known(
      'process_cgroup_cpu_throttled_seconds_total',
      'Time in which the container was throttled, because it had used up its CPU quota.',
      'counter',
      cpu.use,
    ),
  ]
}

/** A family with one sample. `undefined` without a file or a limit. */
function known(name: string, help: string, type: 'gauge' | 'counter', value: number): Family | undefined {
  return family(name, help, type, Number.isFinite(value) ? [[{}, value]] : [])
}

/** `0::/a/b` in version 2, `4:cpu,cpuacct:/a/b` in version 1. */
function pathOf(memberships: readonly string[], controller: string): string {
  for (const line of memberships) {
    const [, controllers, path] = /^\d+:([^:]*):(.*)$/.exec(line) ?? []
    if (path !== undefined && controllers?.split(',').includes(controller)) return path
  }
  return '/'
}

/** The data of the group with the smallest limit, among the group at a path and its parents. */
async function tightest(
  root: string,
  path: string,
  read: (group: string) => Promise<Reading>,
): Promise<Reading> {
  const names = path.split('/').filter((name) => name !== '')
  // In a container, its group is often the root of the mount, whatever the path.
  const groups = Array.from({ length: names.length + 1 }, (_, above) =>
    [root, ...names.slice(0, names.length - above)].join('/'),
  )
  const readings = await Promise.all(groups.map(read))
  const [own = UNKNOWN, ...others] = readings.filter(({ limit }) => !Number.isNaN(limit))
  return others.reduce((least, each) => (each.limit < least.limit ? each : least), own)
}

async function secondMemory(group: string): Promise<Reading> {
  const [[limit], [use]] = await Promise.all([
    linesOf(`${group}/memory.max`),
    linesOf(`${group}/memory.current`),
  ])
  return { limit: amount(limit), use: Number(use) }
}

async function secondCpu(group: string): Promise<Reading> {
  const [[cpus = ''], stat] = await Promise.all([linesOf(`${group}/cpu.max`), linesOf(`${group}/cpu.stat`)])
  // `200000 100000`: the quota per period, in microseconds.
  const [quota, period] = cpus.split(' ')
  return { limit: amount(quota) / Number(period), use: entry(stat, 'throttled_usec') / 1e6 }
}

function amount(text: string | undefined): number {
  return text === 'max' ? Number.POSITIVE_INFINITY : Number(text)
}

async function firstMemory(group: string): Promise<Reading> {
  const [[limit], [use]] = await Promise.all([
    linesOf(`${group}/memory.limit_in_bytes`),
    linesOf(`${group}/memory.usage_in_bytes`),
  ])
  const bytes = Number(limit)
  return { limit: bytes >= NO_LIMIT_BYTES ? Number.POSITIVE_INFINITY : bytes, use: Number(use) }
}

async function firstCpu(group: string): Promise<Reading> {
  const [[quota], [period], stat] = await Promise.all([
    linesOf(`${group}/cpu.cfs_quota_us`),
    linesOf(`${group}/cpu.cfs_period_us`),
    linesOf(`${group}/cpu.stat`),
  ])
  const limit = Number(quota) === -1 ? Number.POSITIVE_INFINITY : Number(quota) / Number(period)
  return { limit, use: entry(stat, 'throttled_time') / 1e9 }
}

/** `throttled_usec 1500` */
function entry(lines: readonly string[], name: string): number {
  return Number(lines.find((line) => line.startsWith(`${name} `))?.slice(name.length + 1))
}
