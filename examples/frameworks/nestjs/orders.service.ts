import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common'

import { telemetry } from './telemetry.ts'

/** The rules of orders. */
@Injectable()
export class OrdersService implements OnModuleDestroy {
  readonly #logger = new Logger(OrdersService.name)

  find(orderId: string): { id: string } {
    telemetry.context.set({ order_id: orderId })
    this.#logger.log('looking it up')
    return { id: orderId }
  }

  /** Called by Nest when the application closes, after the last request. */
  onModuleDestroy(): void {
    this.#logger.log('orders are closed')
  }

  /** Throws an unexpected error. */
  fail(): never {
    throw new Error('the shelf is empty')
  }
}
