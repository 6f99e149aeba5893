import { changes } from '../changes/changes.ts'
import { findView } from '../find.ts'
import { normal } from '../normal/normal.ts'
import { callCounts, dependencies } from '../services/dependencies.ts'
import { instruments } from '../services/instruments.ts'
import { serviceDetails } from '../services/service-details.ts'
import { serviceList } from '../services/service-list.ts'
import { explainView } from '../spans/explain.ts'
import { heatmapView } from '../spans/heatmap.ts'
import { usualView } from '../usual/usual.ts'
import { versions } from '../versions/versions.ts'
import {
  error,
  errors,
  facets,
  histogram,
  logs,
  surroundings,
  trace,
  traceLogs,
  traces,
} from './event-tasks.ts'
import { instant, range } from './promql-tasks.ts'
import { exemplars, labels, labelValues, metadata, series } from './series-tasks.ts'
import type { TaskContext } from './task.ts'
import {
  errorsView,
  errorView,
  histogramView,
  jaegerTracesView,
  jaegerTraceView,
  logsView,
  surroundingsView,
  tracesView,
  traceView,
} from './view-tasks.ts'

/** What a query thread does. Parameters and results are copied between threads. */
export const TASKS = {
  instant,
  range,
  exemplars,
  series,
  labels,
  labelValues,
  metadata,
  normal,

  trace,
  traceLogs,
  traces,
  logs,
  surroundings,
  histogram,
  facets,
  errors,
  error,

  traceView,
  tracesView,
  logsView,
  surroundingsView,
  histogramView,
  errorsView,
  errorView,
  jaegerTraceView,
  jaegerTracesView,
  usualView,

  heatmapView,
  explainView,
  findView,

  changes,
  instruments,
  serviceList,
  serviceDetails,
  dependencies,
  callCounts,
  versions,
} satisfies Record<string, (context: TaskContext, params: never) => Promise<unknown>>

export type TaskName = keyof typeof TASKS

/** The parameters of a task. */
export type TaskParams<Name extends TaskName> = Parameters<(typeof TASKS)[Name]>[1]

/** The result of a task. */
export type TaskResult<Name extends TaskName> = Awaited<ReturnType<(typeof TASKS)[Name]>>
