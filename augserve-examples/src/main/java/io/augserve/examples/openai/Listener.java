package io.augserve.examples.openai;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.timeout.WriteTimeoutHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/** The socket, its connections and the threads that read and write them. */
@SuppressWarnings("FutureReturnValueIgnored") // Whatever a write or a close fails at, the connection ends and says so.
final class Listener {
    private static final int THREADS = 2;
    private static final int BACKLOG = 1_024;
    private static final int LONGEST_LINE = 8 << 10;
    private static final int LONGEST_HEADERS = 32 << 10;

    private final EventLoopGroup loops;
    private final Channel socket;
    private final ChannelGroup connections;

    private Listener(EventLoopGroup loops, Channel socket, ChannelGroup connections) {
        this.loops = loops;
        this.socket = socket;
        this.connections = connections;
    }

    static Listener open(InetSocketAddress address, Router router, Executor handlers, HttpLimits limits)
            throws IOException {
        EventLoopGroup loops = new MultiThreadIoEventLoopGroup(THREADS, new DefaultThreadFactory("augserve-http"),
                NioIoHandler.newFactory());
        ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
        ChannelFuture bound = new ServerBootstrap().group(loops).channel(NioServerSocketChannel.class)
                .option(ChannelOption.SO_BACKLOG, BACKLOG).option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true).childOption(ChannelOption.SO_KEEPALIVE, true)
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        accept(channel, connections, router, handlers, limits);
                    }
                }).bind(address).awaitUninterruptibly();
        if (!bound.isSuccess()) {
            loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
            throw new IOException("cannot listen on " + address.getAddress().getHostAddress() + ":" + address.getPort()
                    + ": " + bound.cause().getMessage(), bound.cause());
        }
        return new Listener(loops, bound.channel(), connections);
    }

    private static void accept(Channel channel, ChannelGroup connections, Router router, Executor handlers,
            HttpLimits limits) {
        if (connections.size() >= limits.maxConnections()) {
            channel.close();
            return;
        }
        connections.add(channel);
        Patience patience = new Patience(limits.idleTime(), limits.requestTime());
        channel.pipeline().addLast(patience,
                new WriteTimeoutHandler(limits.stallTime().toMillis(), TimeUnit.MILLISECONDS),
                new HttpServerCodec(new HttpDecoderConfig().setMaxInitialLineLength(LONGEST_LINE)
                        .setMaxHeaderSize(LONGEST_HEADERS)),
                new BodyLimit(limits.maxBodyBytes()), new Connection(router, handlers, patience));
    }

    InetSocketAddress address() {
        return (InetSocketAddress) socket.localAddress();
    }

    /** Takes no more connections. */
    void refuse() {
        socket.close().awaitUninterruptibly();
    }

    /** Closes what is open. Idempotent. */
    void close() {
        connections.close().awaitUninterruptibly();
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    }
}
