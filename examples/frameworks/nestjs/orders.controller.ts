import { Controller, Get, Param } from '@nestjs/common'

import { OrdersService } from './orders.service.ts'

/** The routes of orders. */
@Controller()
export class OrdersController {
  constructor(private readonly orders: OrdersService) {}

  @Get('orders/:orderId')
  find(@Param('orderId') orderId: string): { id: string } {
    return this.orders.find(orderId)
  }

  @Get('broken')
  broken(): never {
    return this.orders.fail()
  }
}
