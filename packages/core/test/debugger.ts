/** A debugger that is connected to a process from outside, as that of an editor is. */
export class Debugger implements Disposable {
  readonly #socket: WebSocket
  #id = 0

  private constructor(socket: WebSocket) {
    this.#socket = socket
  }

  static async connect(url: string): Promise<Debugger> {
    const socket = new WebSocket(url)
    await new Promise((resolve) => socket.addEventListener('open', resolve, { once: true }))
    return new Debugger(socket)
  }

  async post(method: string, params: object = {}): Promise<Record<string, unknown>> {
    const id = ++this.#id
    this.#socket.send(JSON.stringify({ id, method, params }))
    const { result } = await this.#message((message) => message.id === id)
    return result as Record<string, unknown>
  }

  event(method: string): Promise<Record<string, unknown>> {
    return this.#message((message) => message.method === method)
  }

  async evaluate(expression: string): Promise<unknown> {
    const { result } = await this.post('Runtime.evaluate', { expression })
    return (result as { value?: unknown }).value
  }

  #message(isWanted: (message: Record<string, unknown>) => boolean): Promise<Record<string, unknown>> {
    const { promise, resolve } = Promise.withResolvers<Record<string, unknown>>()
    const listen = ({ data }: MessageEvent) => {
      const message = JSON.parse(String(data)) as Record<string, unknown>
      if (!isWanted(message)) return
      this.#socket.removeEventListener('message', listen)
      resolve(message)
    }
    this.#socket.addEventListener('message', listen)
    return promise
  }

  [Symbol.dispose](): void {
    this.#socket.close()
  }
}
