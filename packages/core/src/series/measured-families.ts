import type { Family, FamilyType } from './family.ts'

type Named = Pick<Family, 'name' | 'type'>

const named = (type: FamilyType, ...names: readonly string[]): Named[] =>
  names.map((name) => ({ name, type }))

/**
 * The metrics of the process and its runtime. The list is known before the measurement starts at the first scrape, so
 * that an instrument with one of these names is refused when it is created.
 */
export const RUNTIME_FAMILIES: readonly Named[] = [
  ...named(
    'counter',
    'process_cpu_user_seconds_total',
    'process_cpu_system_seconds_total',
    'process_cpu_seconds_total',
  ),
  ...named(
    'gauge',
    'process_start_time_seconds',
    'process_resident_memory_bytes',
    'process_virtual_memory_bytes',
    'process_heap_bytes',
    'process_open_fds',
    'process_max_fds',
    'nodejs_active_resources',
    'nodejs_active_handles',
    'nodejs_active_requests',
    'nodejs_heap_size_total_bytes',
    'nodejs_heap_size_used_bytes',
    'nodejs_external_memory_bytes',
    'nodejs_heap_space_size_total_bytes',
    'nodejs_heap_space_size_used_bytes',
    'nodejs_heap_space_size_available_bytes',
    'nodejs_version_info',
    'nodejs_eventloop_lag_seconds',
    'nodejs_eventloop_lag_min_seconds',
    'nodejs_eventloop_lag_max_seconds',
    'nodejs_eventloop_lag_mean_seconds',
    'nodejs_eventloop_lag_stddev_seconds',
    'nodejs_eventloop_lag_p50_seconds',
    'nodejs_eventloop_lag_p90_seconds',
    'nodejs_eventloop_lag_p99_seconds',
    'nodejs_eventloop_utilization_ratio',
  ),
  ...named(
    'unknown',
    'nodejs_active_resources_total',
    'nodejs_active_handles_total',
    'nodejs_active_requests_total',
  ),
  ...named('histogram', 'nodejs_gc_duration_seconds', 'nodejs_eventloop_delay_seconds'),
]

/** The metrics of the machine and of the container, where they are available. */
export const HOST_FAMILIES: readonly Named[] = [
  ...named(
    'counter',
    'system_cpu_time_seconds_total',
    'system_network_io_bytes_total',
    'system_network_errors_total',
    'system_disk_io_bytes_total',
    'process_cgroup_cpu_throttled_seconds_total',
  ),
  ...named(
    'gauge',
    'system_cpu_logical_cores',
    'system_cpu_load_average_1m',
    'system_cpu_load_average_5m',
    'system_cpu_load_average_15m',
    'system_memory_usage_bytes',
    'system_memory_limit_bytes',
    'system_filesystem_usage_bytes',
    'process_cgroup_memory_limit_bytes',
    'process_cgroup_memory_usage_bytes',
    'process_cgroup_cpu_limit_cores',
  ),
]

const RUNTIME_NAMES = new Set(RUNTIME_FAMILIES.map(({ name }) => name))

/** Whether both clients have this runtime metric under the same name. */
export function isOfRuntime(name: string): boolean {
  return RUNTIME_NAMES.has(name) || /^nodejs_eventloop_utilization_(?:summary|histogram)$/.test(name)
}
