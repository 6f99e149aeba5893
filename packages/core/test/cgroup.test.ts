import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

import { afterEach, beforeEach, expect, it } from '@jest/globals'

import { cgroupFamilies } from '../src/runtime/cgroup.ts'
import { linesOf } from '../src/series/exposition.ts'

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sightline-cgroup-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

/** What is told of a process that is a member of these groups, where these files are below the root of all groups. */
async function told(
  memberships: readonly string[],
  files: Readonly<Record<string, string>>,
): Promise<Record<string, number>> {
  const root = join(folder, 'groups')
  const membership = join(folder, 'membership')
  writeFileSync(membership, memberships.map((line) => `${line}\n`).join(''))
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), `${text}\n`)
  }
  const families = await cgroupFamilies(root, membership)
  const samples = families.flatMap((family) => (family ? [...linesOf(family, 'prometheus')] : []))
  return Object.fromEntries(
    samples.map((sample) => {
      const [name = '', value] = sample.trim().split(' ')
      return [name.replace('process_cgroup_', ''), Number(value)]
    }),
  )
}

const SECOND = { 'cgroup.controllers': 'cpu memory' }
const stat = (throttled: number) => `usage_usec 9000000\nnr_throttled 3\nthrottled_usec ${throttled}`

it('tells the limits of a group of version 2, and what it uses', async () => {
  const files = {
    ...SECOND,
    'app/memory.max': '536870912',
    'app/memory.current': '104857600',
    'app/cpu.max': '150000 100000',
    'app/cpu.stat': stat(2_500_000),
  }
  const expected = {
    memory_limit_bytes: 536_870_912,
    memory_usage_bytes: 104_857_600,
    cpu_limit_cores: 1.5,
    cpu_throttled_seconds_total: 2.5,
  }
  expect(await told(['0::/app'], files)).toEqual(expected)
})

it('tells of no limit of version 2 where there is none', async () => {
  const files = {
    ...SECOND,
    'app/memory.max': 'max',
    'app/memory.current': '104857600',
    'app/cpu.max': 'max 100000',
    'app/cpu.stat': stat(0),
  }
  const expected = { memory_usage_bytes: 104_857_600, cpu_throttled_seconds_total: 0 }
  expect(await told(['0::/app'], files)).toEqual(expected)
})

it('tells of that group of version 2 which has the smallest limit, wherever it is', async () => {
  const files = {
    ...SECOND,
    'pod/memory.max': '400',
    'pod/memory.current': '300',
    'pod/cpu.max': '400000 100000',
    'pod/cpu.stat': stat(4_000_000),
    'pod/app/memory.max': '800',
    'pod/app/memory.current': '200',
    'pod/app/cpu.max': '50000 100000',
    'pod/app/cpu.stat': stat(5_000_000),
    'pod/app/workers/memory.max': 'max',
    'pod/app/workers/memory.current': '100',
    'pod/app/workers/cpu.max': 'max 100000',
    'pod/app/workers/cpu.stat': stat(6_000_000),
  }
  const expected = {
    memory_limit_bytes: 400,
    memory_usage_bytes: 300,
    cpu_limit_cores: 0.5,
    cpu_throttled_seconds_total: 5,
  }
  expect(await told(['0::/pod/app/workers'], files)).toEqual(expected)
})

it('tells of the root that a container of version 2 sees, where its path leads nowhere', async () => {
  const files = { ...SECOND, 'memory.max': '1000', 'memory.current': '10' }
  const expected = { memory_limit_bytes: 1_000, memory_usage_bytes: 10 }
  expect(await told(['0::/kubepods/pod1/app'], files)).toEqual(expected)
  expect(await told(['0::/'], files)).toEqual(expected)
})

/** Both versions are mounted, and what is limited is so by the first. */
const FIRST = ['5:memory:/docker/app', '4:cpu,cpuacct:/docker/app', '1:name=systemd:/other', '0::/other']

it('tells the limits of a group of version 1, and what it uses', async () => {
  const files = {
    'unified/cgroup.controllers': '',
    'memory/memory.limit_in_bytes': '9223372036854771712',
    'memory/memory.usage_in_bytes': '9000',
    'memory/docker/app/memory.limit_in_bytes': '800',
    'memory/docker/app/memory.usage_in_bytes': '200',
    'cpu/docker/cpu.cfs_quota_us': '100000',
    'cpu/docker/cpu.cfs_period_us': '50000',
    'cpu/docker/cpu.stat': 'nr_periods 9\nnr_throttled 3\nthrottled_time 1500000000',
    'cpu/docker/app/cpu.cfs_quota_us': '-1',
    'cpu/docker/app/cpu.cfs_period_us': '100000',
    'cpu/docker/app/cpu.stat': 'nr_periods 0\nnr_throttled 0\nthrottled_time 0',
  }
  const expected = {
    memory_limit_bytes: 800,
    memory_usage_bytes: 200,
    cpu_limit_cores: 2,
    cpu_throttled_seconds_total: 1.5,
  }
  expect(await told(FIRST, files)).toEqual(expected)
})

it('tells of the root that a container of version 1 sees, and of no limit where there is none', async () => {
  const files = {
    'memory/memory.limit_in_bytes': '9223372036854771712',
    'memory/memory.usage_in_bytes': '9000',
    'cpu/cpu.cfs_quota_us': '-1',
    'cpu/cpu.cfs_period_us': '100000',
    'cpu/cpu.stat': 'nr_periods 0\nnr_throttled 0\nthrottled_time 0',
  }
  expect(await told(FIRST, files)).toEqual({ memory_usage_bytes: 9_000, cpu_throttled_seconds_total: 0 })
})

it('tells nothing where there are no control groups', async () => {
  expect(await told([], {})).toEqual({})
})
