/** What is read of a connection: of node's, or of what `inject` has in its place. */
export interface Connection {
  readonly readableEnded?: boolean
  readonly errored?: unknown
}

/**
 * Whether it was the peer that has ended a connection.
 *
 * @param own the error with which the service has destroyed what was sent on it, which is the connection's then as well
 */
export function isClosedByPeer(connection: Connection | null | undefined, own?: unknown): boolean {
  if (!connection) return false
  const { readableEnded, errored } = connection
  return readableEnded === true || (!!errored && errored !== own && isOfPeer(errored))
}

/** The error with which the service has destroyed a connection; `undefined`: it has given none. */
export function givenError(connection: Connection | null | undefined): unknown {
  const errored = connection?.errored
  return errored && !isOfSystem(errored) ? errored : undefined
}

/** Whether an error says that the connection has broken down, or that no request can be read from it. */
function isOfPeer(error: unknown): boolean {
  const code = read(error, 'code')
  // `ECANCELED`: the service has destroyed the connection while bytes were still being sent.
  if (isOfSystem(error)) return code !== 'ECANCELED'
  return typeof code === 'string' && (code.startsWith('HPE_') || code === 'ERR_HTTP_REQUEST_TIMEOUT')
}

function isOfSystem(error: unknown): boolean {
  const syscall = read(error, 'syscall')
  return syscall === 'read' || syscall === 'write'
}

/** Of an error that may be the application's: its properties may be getters that throw. */
function read(error: unknown, name: 'code' | 'syscall'): unknown {
  try {
    return (error as Partial<Record<typeof name, unknown>>)[name]
  } catch {
    return undefined
  }
}
