package dev.limner.broker;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/** Ports for servers that are about to start. */
public final class FreePorts {
    /** Below the ports that Linux gives to outgoing connections: one of those could take the port before its server does. */
    private static final int FIRST = 20_000;

    private static final int LAST = 32_000;
    private static final int TRIES = 200;

    private FreePorts() {}

    /**
     * A port of the loopback interface that nobody listens on.
     *
     * @throws IllegalStateException if none is found
     */
    public static int next() {
        for (int attempt = 0; attempt < TRIES; attempt++) {
            int port = ThreadLocalRandom.current().nextInt(FIRST, LAST);
            try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return socket.getLocalPort();
            } catch (BindException e) {
                // Somebody is there; try another.
            } catch (IOException e) {
                throw new IllegalStateException("a port cannot be opened on the loopback interface", e);
            }
        }
        throw new IllegalStateException("there is no free port from " + FIRST + " to " + LAST);
    }
}
