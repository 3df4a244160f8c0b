package dev.limner.testkit.chaos.cluster;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A network between clients and one broker that can be ordered to misbehave. It reads Kafka's frames (a length, then for
 * a request its key, version, correlation id and client id, for a response its correlation id) and changes none.
 */
public final class TcpProxy implements AutoCloseable {
    private static final short END_TXN = 26;
    private static final int SHORTEST_FRAME = 4;
    private static final int LARGEST_FRAME = 64 << 20;

    private final ServerSocket server;
    private final int brokerPort;
    private final Set<Connection> connections = ConcurrentHashMap.newKeySet();
    private final AtomicLong affected = new AtomicLong();
    private volatile Weather weather = Weather.FAIR;
    private volatile long millis;
    private volatile String victim = "";

    /** What happens to the frames of those concerned. */
    public enum Weather {
        /** Nothing. */
        FAIR,
        /** Every frame takes longer. */
        SLOW,
        /** Connections end and new ones are closed at once. */
        CUT,
        /** Frames disappear; nobody is told. */
        HALF_OPEN,
        /** Connections end by RST, again and again. */
        RESET,
        /** The brokers' answers to commits come late; all others pass. */
        HELD_COMMITS
    }

    private TcpProxy(ServerSocket server, int brokerPort) {
        this.server = server;
        this.brokerPort = brokerPort;
    }

    /** @param port to listen on, of the loopback interface */
    public static TcpProxy start(int port, int brokerPort) {
        try {
            ServerSocket server = new ServerSocket();
            server.setReuseAddress(true);
            server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            TcpProxy proxy = new TcpProxy(server, brokerPort);
            Thread.ofVirtual().name("proxy-" + port).start(proxy::accept);
            return proxy;
        } catch (IOException e) {
            throw new UncheckedIOException("the proxy cannot listen on port " + port, e);
        }
    }

    /**
     * Changes the weather.
     *
     * @param client whose connections are concerned, by client id; empty for everybody's
     * @param delay of {@link Weather#SLOW} and {@link Weather#HELD_COMMITS}, in milliseconds
     */
    public void set(Weather next, String client, long delay) {
        victim = client;
        millis = delay;
        weather = next;
        if (next == Weather.CUT || next == Weather.RESET) {
            for (Connection connection : connections) {
                if (connection.concerned()) {
                    affected.incrementAndGet();
                    connection.end(next == Weather.RESET);
                }
            }
        }
    }

    /** Frames and connections that the weather has touched so far. */
    public long affected() {
        return affected.get();
    }

    private void accept() {
        try {
            while (true) {
                Socket client = server.accept();
                Connection connection = new Connection(client);
                connections.add(connection);
                Thread.ofVirtual().start(connection::run);
            }
        } catch (IOException e) {
            // Closed.
        }
    }

    private final class Connection {
        private final Socket client;
        private final Socket broker = new Socket();
        private final Set<Integer> commits = ConcurrentHashMap.newKeySet();
        private volatile String clientId = "";
        private volatile boolean dead;

        Connection(Socket client) {
            this.client = client;
        }

        boolean concerned() {
            return victim.isEmpty() || clientId.equals(victim);
        }

        void run() {
            try {
                client.setTcpNoDelay(true);
                broker.setTcpNoDelay(true);
                broker.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), brokerPort), 2000);
                Thread answers = Thread.ofVirtual().start(() -> pump(broker, client, false));
                pump(client, broker, true);
                answers.join();
            } catch (IOException e) {
                end(false);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } finally {
                connections.remove(this);
            }
        }

        private void pump(Socket from, Socket to, boolean requests) {
            try {
                DataInputStream in = new DataInputStream(from.getInputStream());
                DataOutputStream out = new DataOutputStream(to.getOutputStream());
                while (true) {
                    int length = in.readInt();
                    if (length < SHORTEST_FRAME || length > LARGEST_FRAME) {
                        throw new IOException("a frame of " + length);
                    }
                    byte[] frame = in.readNBytes(length);
                    if (passes(frame, requests)) {
                        out.writeInt(length);
                        out.write(frame);
                        out.flush();
                    }
                }
            } catch (IOException e) {
                end(false);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        private boolean passes(byte[] frame, boolean request) throws IOException, InterruptedException {
            boolean commit = request
                    ? isCommit(frame)
                    : commits.remove(ByteBuffer.wrap(frame).getInt());
            if (!concerned()) {
                return true;
            }
            switch (weather) {
                case FAIR -> {}
                case SLOW -> {
                    affected.incrementAndGet();
                    Thread.sleep(millis);
                }
                case CUT -> {
                    affected.incrementAndGet();
                    throw new IOException("cut");
                }
                case RESET -> {
                    affected.incrementAndGet();
                    end(true);
                    throw new IOException("reset");
                }
                // Once something is lost, what follows would be taken for the answer to something else.
                case HALF_OPEN -> {
                    affected.incrementAndGet();
                    dead = true;
                }
                case HELD_COMMITS -> {
                    if (commit && !request) {
                        affected.incrementAndGet();
                        Thread.sleep(millis);
                    }
                }
            }
            return !dead;
        }

        private boolean isCommit(byte[] frame) {
            ByteBuffer header = ByteBuffer.wrap(frame);
            short key = header.getShort();
            header.getShort();
            int correlation = header.getInt();
            int length = header.remaining() < 2 ? 0 : header.getShort();
            if (clientId.isEmpty() && length > 0 && length <= header.remaining()) {
                clientId = new String(frame, header.position(), length, StandardCharsets.UTF_8);
            }
            if (key == END_TXN) {
                commits.add(correlation);
            }
            return key == END_TXN;
        }

        void end(boolean reset) {
            try {
                if (reset) {
                    client.setSoLinger(true, 0);
                }
                client.close();
                broker.close();
            } catch (IOException e) {
                // It is gone either way.
            }
        }
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            // Nobody listens any more.
        }
        connections.forEach(connection -> connection.end(false));
    }
}
