import { PROOF_ID, type ServiceProcess } from '../service-process.ts'
import { ORDER_BYTES } from '../service/order.ts'
import type { Proof, Variant } from './variants.ts'

const PROOF_PATH = `/api/orders/${PROOF_ID}`
const REQUEST_ID = 'proof-of-work'
const LINE_WITHIN_MS = 10_000

/** The service of a proof. */
export interface Proven {
  readonly service: ServiceProcess
  readonly variant: Variant
  /** Number of its collected spans. */
  spans(): number
}

/**
 * Sends one request, and checks that the service does what its variant claims.
 *
 * @throws {Error} if it does not: the measurement would be false
 */
export async function prove({ service, variant, spans }: Proven): Promise<void> {
  const response = await fetch(`${service.url}${PROOF_PATH}`, {
    headers: {
      'x-request-id': REQUEST_ID,
      traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    },
  })
  const { byteLength } = await response.arrayBuffer()
  if (response.status !== 200 || byteLength !== ORDER_BYTES) {
    throw new Error(
      `${variant.name} answered ${response.status} with ${byteLength} bytes instead of 200 with ${ORDER_BYTES}`,
    )
  }
  await service.settle()

  const shown: Record<Proof, () => boolean | Promise<boolean>> = {
    id: () => response.headers.get('x-request-id') === REQUEST_ID,
    log: async () => (await lineInTime(service)) !== undefined,
    metrics: async () => countsOrders(await (await fetch(`${service.url}/metrics`)).text()),
    spans: () => spans() > 0,
  }
  for (const proof of variant.proofs) {
    if (!(await shown[proof]())) throw new Error(`${variant.name} shows no ${proof} of a request`)
  }
}

/**
 * Checks a stopped service for log lines that its variant does not claim.
 *
 * @throws {Error} if there are any
 */
export async function proveSilence({ service, variant }: Proven): Promise<void> {
  const line = await service.logged
  if (line !== undefined && !variant.proofs.includes('log')) {
    throw new Error(`${variant.name} has logged although it should not: ${line}`)
  }
}

async function lineInTime(service: ServiceProcess): Promise<string | undefined> {
  const timeout = AbortSignal.timeout(LINE_WITHIN_MS)
  return Promise.race([
    service.logged,
    new Promise<undefined>((resolve) => {
      timeout.addEventListener('abort', () => resolve(undefined))
    }),
  ])
}

/** Whether a series about orders has counted. */
function countsOrders(scrape: string): boolean {
  return scrape.split('\n').some((line) => /^[a-z_]+\{[^}]*orders.*\} [1-9]/.test(line))
}
