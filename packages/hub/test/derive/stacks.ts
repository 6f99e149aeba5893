/** A stack as a runtime or a logger writes it, and the first frames of the application in it. */
interface WrittenStack {
  readonly language: string
  readonly stack: string
  readonly frames: readonly string[]
}

export const stacks: readonly WrittenStack[] = [
  {
    language: 'Node.js',
    stack: `TypeError: Cannot read properties of undefined (reading 'id')
    at loadOrder (file:///app/src/orders.ts:42:17)
    at process.processTicksAndRejections (node:internal/process/task_queues:105:5)
    at async Object.handler (/app/src/routes/orders.js:10:5)
    at Layer.handle [as handle_request] (/app/node_modules/.pnpm/express@5.1.0/node_modules/express/lib/router/layer.js:95:5)
    at async OrderService.place [as placeOrder] (/app/src/service.js:1:2)
    at /app/src/server.js:7:3
    at new Cart (/app/src/cart.js:3:3)`,
    frames: ['loadOrder src/orders.ts', 'handler routes/orders.js', 'OrderService.place src/service.js'],
  },
  {
    language: 'Node.js on Windows, with a cause',
    stack: `Error: outer
    at Object.<anonymous> (C:\\shop\\src\\a.js:1:7)
    at Module._compile (node:internal/modules/cjs/loader:1554:14)
    at async C:\\shop\\src\\b.js:2:2 {
  [cause]: Error: inner
      at c (C:\\shop\\src\\c.js:1:7)`,
    frames: [' src/a.js', ' src/b.js'],
  },
  {
    language: 'a bundle',
    stack: `TypeError: x is not a function
    at t (webpack-internal:///./dist/main.3f2a1b9c4d.js?v=7:1:2345)
    at Array.map (<anonymous>)
    at eval (eval at f (/app/dist/main.js:1:1), <anonymous>:1:1)
    at renderPage (https://cdn.shop.example/assets/app-BX12a9f3.js:2:10)`,
    frames: [' dist/main.*.js', 'renderPage assets/app-*.js'],
  },
  {
    language: 'Firefox',
    stack: `add@https://shop.example/src/cart.js:10:15
@https://shop.example/src/main.js:3:1
onClick@https://shop.example/src/button.js:8:2`,
    frames: ['add src/cart.js', ' src/main.js', 'onClick src/button.js'],
  },
  {
    language: 'Java',
    stack: `java.lang.IllegalStateException: Cart is empty
\tat java.base/java.util.Objects.requireNonNull(Objects.java:233)
\tat com.shop.cart.CartService.checkout(CartService.java:57)
\tat com.shop.cart.CartController.lambda$post$0(CartController.java:31)
\tat org.springframework.web.servlet.FrameworkServlet.service(FrameworkServlet.java:885)
\tat app//com.shop.App.main(App.java:10)
\t... 12 more
Caused by: java.lang.NullPointerException
\tat com.shop.cart.Other.x(Other.java:1)`,
    frames: [
      'com.shop.cart.CartService.checkout CartService.java',
      'com.shop.cart.CartController.lambda$post CartController.java',
      'com.shop.App.main App.java',
    ],
  },
  {
    language: '.NET',
    stack: `System.InvalidOperationException: Sequence contains no elements
   at System.Linq.ThrowHelper.ThrowNoElementsException()
   at Shop.Orders.OrderService.Load(Guid id) in /src/Shop/Orders/OrderService.cs:line 42
   at Shop.Orders.OrderService.<Place>d__3.MoveNext() in /src/Shop/Orders/OrderService.cs:line 51
--- End of stack trace from previous location ---
   at Microsoft.AspNetCore.Routing.EndpointMiddleware.Invoke(HttpContext httpContext)
   at Shop.Program.Main(String[] args) in C:\\src\\Shop\\Program.cs:line 9`,
    frames: [
      'Shop.Orders.OrderService.Load Orders/OrderService.cs',
      'Shop.Orders.OrderService.<Place>.MoveNext Orders/OrderService.cs',
      'Shop.Program.Main Shop/Program.cs',
    ],
  },
  {
    language: 'Python',
    stack: `Traceback (most recent call last):
  File "/app/other.py", line 3, in first
    raise KeyError('x')
KeyError: 'x'

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "/usr/local/lib/python3.12/site-packages/flask/app.py", line 1511, in wsgi_app
    response = self.full_dispatch_request()
  File "/app/shop/views.py", line 21, in place_order
    return cart.checkout()
           ^^^^^^^^^^^^^^^
  File "/app/shop/cart.py", line 88, in checkout
    raise ValueError("Cart is empty")
ValueError: Cart is empty`,
    frames: ['checkout shop/cart.py', 'place_order shop/views.py'],
  },
  {
    language: 'Go',
    stack: `panic: runtime error: index out of range [5] with length 3

goroutine 18 [running]:
runtime/debug.Stack()
\t/usr/local/go/src/runtime/debug/stack.go:26 +0x5e
main.(*Cart).Checkout(0xc0000b2000, {0x6a1f40, 0x5})
\t/app/internal/cart.go:42 +0x1d
main.Serve.func1.2()
\t/app/main.go:17 +0x4a
github.com/gin-gonic/gin.(*Context).Next(0xc00010e000)
\t/root/go/pkg/mod/github.com/gin-gonic/gin@v1.9.1/context.go:174 +0x2b
created by main.Serve in goroutine 1
\t/app/main.go:15 +0x99`,
    frames: [
      'main.(*Cart).Checkout internal/cart.go',
      'main.Serve.func app/main.go',
      'main.Serve app/main.go',
    ],
  },
  { language: 'nothing known', stack: 'Segmentation fault (core dumped)', frames: [] },
]
