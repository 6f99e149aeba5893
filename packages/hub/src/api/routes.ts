import { error, errors, setErrorState } from './hub/errors.ts'
import { hub } from './hub/hub.ts'
import { around, facets, histogram, logs } from './hub/logs.ts'
import { normal } from './hub/normal.ts'
import { changes, dependencies, instruments, service, services } from './hub/services.ts'
import { saveSetting, setting } from './hub/settings.ts'
import { explain, find, heatmap } from './hub/spans.ts'
import { trace, traces } from './hub/traces.ts'
import { usual } from './hub/usual.ts'
import { versions } from './hub/versions.ts'
import * as jaegerServices from './jaeger/services.ts'
import * as jaegerTraces from './jaeger/traces.ts'
import {
  labels,
  labelValues,
  metadata,
  query,
  queryExemplars,
  queryRange,
  series,
} from './prometheus/queries.ts'
import { alerts, buildInfo, rules, targets } from './prometheus/status.ts'
import type { Dialect, Route } from './route.ts'

type Handler = NonNullable<Route['methods']['GET']>

const get = (dialect: Dialect, path: string, handler: Handler): Route => ({
  path,
  dialect,
  methods: { GET: handler },
})
/** Clients of Prometheus send long queries as forms. */
const both = (path: string, handler: Handler): Route => ({
  path,
  dialect: 'prometheus',
  methods: { GET: handler, POST: handler },
})

/** All paths of the API, in the order of `docs/hub-api.md`. The first that matches is used. */
export const ROUTES: readonly Route[] = [
  both('/api/v1/query', query),
  both('/api/v1/query_range', queryRange),
  both('/api/v1/query_exemplars', queryExemplars),
  both('/api/v1/series', series),
  both('/api/v1/labels', labels),
  get('prometheus', '/api/v1/label/:name/values', labelValues),
  get('prometheus', '/api/v1/metadata', metadata),
  get('prometheus', '/api/v1/rules', rules),
  get('prometheus', '/api/v1/alerts', alerts),
  get('prometheus', '/api/v1/targets', targets),
  get('prometheus', '/api/v1/status/buildinfo', buildInfo),

  get('jaeger', '/jaeger/api/services', jaegerServices.services),
  get('jaeger', '/jaeger/api/services/:service/operations', jaegerServices.operationNames),
  get('jaeger', '/jaeger/api/operations', jaegerServices.operations),
  get('jaeger', '/jaeger/api/traces', jaegerTraces.traces),
  get('jaeger', '/jaeger/api/traces/:id', jaegerTraces.trace),
  get('jaeger', '/jaeger/api/dependencies', jaegerServices.dependencies),

  get('hub', '/api/services', services),
  get('hub', '/api/services/:name', service),
  get('hub', '/api/services/:name/versions', versions),
  get('hub', '/api/dependencies', dependencies),
  get('hub', '/api/traces', traces),
  get('hub', '/api/traces/heatmap', heatmap),
  get('hub', '/api/traces/:id', trace),
  get('hub', '/api/explain', explain),
  get('hub', '/api/traces/:id/usual', usual),
  get('hub', '/api/logs', logs),
  get('hub', '/api/logs/histogram', histogram),
  get('hub', '/api/logs/facets', facets),
  get('hub', '/api/logs/around', around),
  get('hub', '/api/errors', errors),
  { path: '/api/errors/:fingerprint', dialect: 'hub', methods: { GET: error, POST: setErrorState } },
  get('hub', '/api/find', find),
  get('hub', '/api/changes', changes),
  get('hub', '/api/instruments', instruments),
  { path: '/api/settings/:name', dialect: 'hub', methods: { GET: setting, PUT: saveSetting } },
  get('hub', '/api/normal', normal),
  get('hub', '/api/hub', hub),
]
