import { resolve } from 'node:path'

import { isLabelName } from '../relabel.ts'
import { relabelRules } from './relabel-rules.ts'
import {
  BODY_SIZE_LIMIT,
  type Credentials,
  type ScrapeConfig,
  type Secret,
  type TargetGroup,
  type TlsSettings,
} from './scrape-config.ts'
import type { Section } from './section.ts'

/** What a job inherits. */
export interface JobDefaults {
  readonly intervalMs: number
  readonly timeoutMs: number
  /** Origin of relative paths. */
  readonly folder: string
}

/** Reads an entry of `scrape_configs`. */
export function readJob(section: Section, { folder, ...defaults }: JobDefaults): ScrapeConfig {
  const job = section.text('job_name')
  if (job === undefined) section.error('job_name', 'a name')
  const intervalMs = section.duration('scrape_interval') || defaults.intervalMs
  const timeoutMs = section.duration('scrape_timeout') || Math.min(defaults.timeoutMs, intervalMs)
  if (timeoutMs > intervalMs) section.error('scrape_timeout', 'at most the scrape_interval')
  const config: ScrapeConfig = {
    job: job ?? '',
    intervalMs,
    timeoutMs,
    scheme: section.oneOf('scheme', ['http', 'https']) ?? 'http',
    path: section.text('metrics_path') ?? '/metrics',
    params: paramsOf(section),
    honorLabels: section.boolean('honor_labels', false),
    honorTimestamps: section.boolean('honor_timestamps', true),
    followRedirects: section.boolean('follow_redirects', true),
    sampleLimit: section.count('sample_limit') ?? 0,
    bodySizeLimit: section.size('body_size_limit') || BODY_SIZE_LIMIT,
    credentials: credentialsOf(section, folder),
    tls: tlsOf(section, folder),
    relabel: relabelRules(section, 'relabel_configs'),
    metricRelabel: relabelRules(section, 'metric_relabel_configs'),
    groups: section.sections('static_configs').map(groupOf),
  }
  for (const name of section.unread())
    section.note(
      name.endsWith('_sd_configs')
        ? `${section.placeOf(name)} is not supported: the hub scrapes only the targets of static_configs.`
        : `${section.placeOf(name)} is not used.`,
    )
  return config
}

function groupOf(section: Section): TargetGroup {
  const targets = section.texts('targets')
  for (const [index, target] of targets.entries())
    if (target === '' || target.includes('/'))
      section.error('targets', `host:port in each item, which targets[${index}] is not`)
  const labels = section.section('labels')
  const named = (labels?.names ?? []).map((name) => {
    if (!isLabelName(name)) labels?.error(name, `a label whose name has only letters, digits and "_"`)
    return [name, labels?.text(name) ?? ''] as const
  })
  return { targets, labels: Object.fromEntries(named) }
}

function paramsOf(section: Section): Readonly<Record<string, readonly string[]>> {
  const params = section.section('params')
  return Object.fromEntries((params?.names ?? []).map((name) => [name, params?.texts(name) ?? []]))
}

/** A secret that is in the file itself, or in another one. */
function secretOf(section: Section, name: string, folder: string): Secret | undefined {
  const text = section.text(name)
  const file = section.text(`${name}_file`)
  if (text !== undefined && file !== undefined) section.error(name, `either ${name} or ${name}_file`)
  if (text !== undefined) return { text }
  return file === undefined ? undefined : { file: resolve(folder, file) }
}

function credentialsOf(section: Section, folder: string): Credentials | undefined {
  const found: Credentials[] = []
  const basic = section.section('basic_auth')
  if (basic !== undefined) {
    const secret = secretOf(basic, 'password', folder) ?? { text: '' }
    found.push({ kind: 'basic', username: basic.text('username') ?? '', secret })
  }
  const authorization = section.section('authorization')
  const type = authorization?.text('type') ?? 'Bearer'
  const secrets = [
    authorization && secretOf(authorization, 'credentials', folder),
    secretOf(section, 'bearer_token', folder),
  ]
  for (const secret of secrets) if (secret !== undefined) found.push({ kind: 'authorization', type, secret })
  for (const part of [basic, authorization])
    for (const name of part?.unread() ?? []) part?.note(`${part.placeOf(name)} is not used.`)
  if (found.length > 1)
    section.error('job_name', 'only one of basic_auth, authorization and bearer_token in this job')
  return found[0]
}

function tlsOf(section: Section, folder: string): TlsSettings | undefined {
  const tls = section.section('tls_config')
  if (tls === undefined) return undefined
  const file = (name: string) => {
    const path = tls.text(name)
    return path === undefined ? undefined : resolve(folder, path)
  }
  const settings = {
    caFile: file('ca_file'),
    certFile: file('cert_file'),
    keyFile: file('key_file'),
    serverName: tls.text('server_name'),
    insecureSkipVerify: tls.boolean('insecure_skip_verify', false),
  }
  for (const name of tls.unread()) tls.note(`${tls.placeOf(name)} is not used.`)
  return settings
}
