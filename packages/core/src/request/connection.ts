/** The parts of a connection that are read. Both node's sockets and `inject`'s stand-ins have them. */
export interface Connection {
  readonly readableEnded?: boolean
  readonly errored?: unknown
}

/**
 * Whether the peer has ended a connection.
 *
 * @param own the error with which the service has destroyed the response; node sets it on the connection as well
 */
export function isClosedByPeer(connection: Connection | null | undefined, own?: unknown): boolean {
  if (!connection) return false
  const { readableEnded, errored } = connection
  return readableEnded === true || (!!errored && errored !== own && isOfPeer(errored))
}

/** The error with which the service has destroyed a connection. `undefined`: it gave none. */
export function givenError(connection: Connection | null | undefined): unknown {
  const errored = connection?.errored
  return errored && !isOfSystem(errored) ? errored : undefined
}

/** Whether an error means that the connection broke down, or that the peer sent an unreadable request. */
function isOfPeer(error: unknown): boolean {
  const code = read(error, 'code')
  // `ECANCELED`: the service has destroyed the connection during a write.
  if (isOfSystem(error)) return code !== 'ECANCELED'
  return typeof code === 'string' && (code.startsWith('HPE_') || code === 'ERR_HTTP_REQUEST_TIMEOUT')
}

function isOfSystem(error: unknown): boolean {
  const syscall = read(error, 'syscall')
  return syscall === 'read' || syscall === 'write'
}

/** Reads an error of unknown origin: its getters may throw. */
function read(error: unknown, name: 'code' | 'syscall'): unknown {
  try {
    return (error as Partial<Record<typeof name, unknown>>)[name]
  } catch {
    return undefined
  }
}
