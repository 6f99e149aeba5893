import { json } from '../answers.ts'
import type { ApiResponse } from '../request.ts'
import type { Call } from '../route.ts'
import { invalidParameter } from './parameters.ts'

/** The version of Prometheus whose HTTP API and language this is. Clients switch features on by it. */
const PROMETHEUS_VERSION = '2.42.0'

function success(data: unknown): ApiResponse {
  return json({ status: 'success', data })
}

/** `/api/v1/rules` */
export function rules({ parameters, alerting }: Call): ApiResponse {
  const type = parameters.text('type')
  if (type !== undefined && type !== 'alert' && type !== 'record')
    throw invalidParameter('type', `not supported value ${JSON.stringify(type.slice(0, 200))}`)
  return success({ groups: alerting?.rules(type) ?? [] })
}

/** `/api/v1/alerts` */
export function alerts({ alerting }: Call): ApiResponse {
  return success({ alerts: alerting?.alerts() ?? [] })
}

/** `/api/v1/targets` */
export function targets({ parameters, targets: all }: Call): ApiResponse {
  const state = parameters.text('state')?.toLowerCase()
  const { activeTargets, droppedTargets } = all()
  return success({
    activeTargets: state === 'dropped' ? [] : activeTargets,
    droppedTargets: state === 'active' ? [] : droppedTargets,
  })
}

/** `/api/v1/status/buildinfo` */
export function buildInfo({ version }: Call): ApiResponse {
  return success({
    version: PROMETHEUS_VERSION,
    revision: `sightline ${version}`,
    branch: '',
    buildUser: '',
    buildDate: '',
    goVersion: '',
  })
}
