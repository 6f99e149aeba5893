/**
 * Metrics of the machine, from Linux's /proc: https://docs.kernel.org/filesystems/proc.html. Names follow
 * OpenTelemetry's semantic conventions for systems in Prometheus form:
 * https://opentelemetry.io/docs/specs/semconv/system/system-metrics/
 */
import { statfs } from 'node:fs/promises'
import { availableParallelism, freemem, loadavg, totalmem } from 'node:os'

import type { Family } from '../series/family.ts'
import { cgroupFamilies } from './cgroup.ts'
import { family, linesOf, type Sample } from './readings.ts'

/** USER_HZ, the unit of `/proc/stat` on all machines. */
const TICKS_PER_SECOND = 100
/** The unit of `/proc/diskstats` for all disks. */
const SECTOR_BYTES = 512
const CPU_STATES = ['user', 'nice', 'system', 'idle', 'iowait', 'irq', 'softirq', 'steal']

/**
 * Reads the machine's processors, memory, network, disks and load, and the container's limits. Unavailable
 * values are left out. It reads only during a scrape, and costs nothing in between.
 */
export async function hostFamilies(): Promise<Family[]> {
  const [stat, memory, network, disks, filesystem, cgroup] = await Promise.all([
    linesOf('/proc/stat'),
    linesOf('/proc/meminfo'),
    linesOf('/proc/net/dev'),
    linesOf('/proc/diskstats'),
    filesystemSamples(process.cwd()),
    cgroupFamilies(),
  ])
  return [
    family(
      'system_cpu_time_seconds_total',
      'CPU time of all processors by state.',
      'counter',
      cpuSamples(stat),
    ),
    family('system_cpu_logical_cores', 'Processors that this process may use.', 'gauge', [
      [{}, availableParallelism()],
    ]),
    ...loadFamilies(),
    family(
      'system_memory_usage_bytes',
      'Memory of the machine by its state.',
      'gauge',
      memorySamples(memory),
    ),
    family('system_memory_limit_bytes', 'Memory of the machine.', 'gauge', [[{}, totalmem()]]),
    family(
      'system_network_io_bytes_total',
      'Bytes by network interface and direction.',
      'counter',
      networkSamples(network, 0, 8),
    ),
    family(
      'system_network_errors_total',
      'Errors by network interface and direction.',
      'counter',
      networkSamples(network, 2, 10),
    ),
    family('system_disk_io_bytes_total', 'Bytes by disk and direction.', 'counter', diskSamples(disks)),
    family(
      'system_filesystem_usage_bytes',
      'Space of the file system that holds the working directory.',
      'gauge',
      filesystem,
    ),
    ...cgroup,
  ].filter((each) => each !== undefined)
}

/** `cpu  user nice system idle iowait irq softirq steal …` */
function cpuSamples(lines: readonly string[]): Sample[] {
  const all = lines.find((line) => line.startsWith('cpu '))
  if (all === undefined) return []
  const ticks = all.trim().split(/\s+/).slice(1).map(Number)
  return CPU_STATES.map((state, i) => [{ state }, (ticks[i] ?? 0) / TICKS_PER_SECOND])
}

function loadFamilies(): Array<Family | undefined> {
  return loadavg().map((load, i) => {
    const minutes = [1, 5, 15][i]
    return family(
      `system_cpu_load_average_${minutes}m`,
      `Processes that ran or waited, on average over ${minutes} min.`,
      'gauge',
      [[{}, load]],
    )
  })
}

/** `MemTotal:  24689664 kB` */
function memorySamples(lines: readonly string[]): Sample[] {
  const kilobytes = new Map(
    lines.map((line) => {
      const [name = '', value = ''] = line.split(':')
      return [name, Number.parseInt(value)]
    }),
  )
  const bytes = (name: string) => (kilobytes.get(name) ?? 0) * 1_024
  if (kilobytes.size === 0)
    return [
      [{ state: 'used' }, totalmem() - freemem()],
      [{ state: 'free' }, freemem()],
    ]
  const cached = bytes('Cached') + bytes('SReclaimable')
  return [
    [{ state: 'used' }, bytes('MemTotal') - bytes('MemFree') - bytes('Buffers') - cached],
    [{ state: 'free' }, bytes('MemFree')],
    [{ state: 'buffers' }, bytes('Buffers')],
    [{ state: 'cached' }, cached],
  ]
}

/** `  eth0: <8 numbers received> <8 numbers transmitted>` */
function networkSamples(lines: readonly string[], received: number, transmitted: number): Sample[] {
  return lines.flatMap((line): Sample[] => {
    const [, device, rest] = /^\s*([^:\s]+):\s*(.*)$/.exec(line) ?? []
    if (device === undefined || rest === undefined) return []
    const numbers = rest.trim().split(/\s+/).map(Number)
    return [
      [{ device, direction: 'receive' }, numbers[received] ?? 0],
      [{ device, direction: 'transmit' }, numbers[transmitted] ?? 0],
    ]
  })
}

/** `8 0 sda <reads> <merged> <sectors> <ms> <writes> <merged> <sectors> …`, for used disks, without partitions. */
function diskSamples(lines: readonly string[]): Sample[] {
  const disks = lines.map((line) => line.trim().split(/\s+/))
  const names = disks.map(([, , name]) => name)
  return disks.flatMap(([, , device = '', reads, , readSectors, , writes, , writtenSectors]): Sample[] => {
    const isUsed = Number(reads) + Number(writes) > 0
    const isPartition = names.some((name) => name !== device && isPartitionOf(device, name ?? ''))
    if (!isUsed || isPartition || /^(?:loop|ram)/.test(device)) return []
    return [
      [{ device, direction: 'read' }, Number(readSectors) * SECTOR_BYTES],
      [{ device, direction: 'write' }, Number(writtenSectors) * SECTOR_BYTES],
    ]
  })
}

/** `sda1` of `sda`, `nvme0n1p2` of `nvme0n1`. */
function isPartitionOf(device: string, disk: string): boolean {
  return device.startsWith(disk) && /^p?\d+$/.test(device.slice(disk.length))
}

async function filesystemSamples(path: string): Promise<Sample[]> {
  try {
    const { bsize, blocks, bfree, bavail } = await statfs(path)
    return [
      [{ state: 'used' }, (blocks - bfree) * bsize],
      [{ state: 'free' }, bavail * bsize],
      [{ state: 'reserved' }, (bfree - bavail) * bsize],
    ]
  } catch {
    return []
  }
}
