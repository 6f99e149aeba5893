import type { Labels } from '../../store/samples.ts'
import type { RelabelRule } from '../relabel.ts'

/** A secret, or the absolute path of a file that holds it. The file is read for each scrape. */
export type Secret = { readonly text: string } | { readonly file: string }

/** How a scrape proves who it is. */
export type Credentials =
  | { readonly kind: 'authorization'; readonly type: string; readonly secret: Secret }
  | { readonly kind: 'basic'; readonly username: string; readonly secret: Secret }

/** How TLS checks a target. Files are absolute paths. */
export interface TlsSettings {
  readonly caFile: string | undefined
  readonly certFile: string | undefined
  readonly keyFile: string | undefined
  readonly serverName: string | undefined
  readonly insecureSkipVerify: boolean
}

/** Targets that share labels. */
export interface TargetGroup {
  /** `host:port`. */
  readonly targets: readonly string[]
  readonly labels: Labels
}

/** A job that is scraped: an entry of `scrape_configs`, with its defaults filled in. */
export interface ScrapeConfig {
  readonly job: string
  readonly intervalMs: number
  readonly timeoutMs: number
  readonly scheme: string
  readonly path: string
  readonly params: Readonly<Record<string, readonly string[]>>
  readonly honorLabels: boolean
  readonly honorTimestamps: boolean
  readonly followRedirects: boolean
  /** 0: no limit. */
  readonly sampleLimit: number
  /** Bytes, after decompression. */
  readonly bodySizeLimit: number
  readonly credentials: Credentials | undefined
  readonly tls: TlsSettings | undefined
  readonly relabel: readonly RelabelRule[]
  readonly metricRelabel: readonly RelabelRule[]
  readonly groups: readonly TargetGroup[]
}

/** The size of a body where the configuration sets no limit. */
export const BODY_SIZE_LIMIT = 64 * 2 ** 20

const INTERVAL_MS = 5_000

/**
 * The configuration of a single target: `http://localhost:3000/metrics`, `localhost:3000`, or `orders=http://localhost:3000` with the
 * name of its job. Throws an `Error` with one sentence for any other text.
 */
export function scrapeConfigOf(target: string): ScrapeConfig {
  const [, job, written = ''] = /^(?:([\w.-]+)=)?(.*)$/s.exec(target) ?? []
  const url = URL.parse(written.includes('://') ? written : `http://${written}`)
  if (url === null || !/^https?:$/.test(url.protocol) || url.host === '')
    throw new Error(
      `Cannot scrape ${JSON.stringify(target)}: expected a URL such as http://localhost:3000/metrics`,
    )
  const scheme = url.protocol.slice(0, -1)
  const address = url.port === '' ? `${url.hostname}:${scheme === 'https' ? 443 : 80}` : url.host
  const params: Record<string, string[]> = {}
  for (const name of url.searchParams.keys()) params[name] = url.searchParams.getAll(name)
  return {
    job: job ?? address,
    intervalMs: INTERVAL_MS,
    timeoutMs: INTERVAL_MS,
    scheme,
    path: url.pathname === '/' ? '/metrics' : url.pathname,
    params,
    honorLabels: false,
    honorTimestamps: true,
    followRedirects: true,
    sampleLimit: 0,
    bodySizeLimit: BODY_SIZE_LIMIT,
    credentials: userOf(url),
    tls: undefined,
    relabel: [],
    metricRelabel: [],
    groups: [{ targets: [address], labels: {} }],
  }
}

function userOf({ username, password }: URL): Credentials | undefined {
  if (username === '') return undefined
  return { kind: 'basic', username: decoded(username), secret: { text: decoded(password) } }
}

/** Text that is not valid percent-encoding stays as it is. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
