package dev.limner.broker;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How an embedded broker runs.
 *
 * @param data its folder; formatted when empty, continued when not
 * @param port of the Kafka listener on the loopback interface; 0 for any free one
 * @param durable force every record to disk before acknowledging it; without it a record survives a kill of the
 *     process but not a loss of power
 * @param cluster the quorum it belongs to; null for a cluster of its own
 * @param detour a second listener that clients reach through somebody else; null for none
 * @param owner what the user started: whoever wants the folder too is told so
 */
public record BrokerSettings(
        Path data,
        int port,
        boolean durable,
        @Nullable Cluster cluster,
        @Nullable Detour detour,
        String owner) {
    private static final String DEFAULT_OWNER = "limner broker";

    public BrokerSettings {
        port(port);
    }

    /** A cluster of one. */
    public BrokerSettings(Path data, int port, boolean durable) {
        this(data, port, durable, null, null, DEFAULT_OWNER);
    }

    /** Alone or as one of several. */
    public BrokerSettings(Path data, int port, boolean durable, @Nullable Cluster cluster, @Nullable Detour detour) {
        this(data, port, durable, cluster, detour, DEFAULT_OWNER);
    }

    /** The same, for a command that the user knows by another name. */
    public BrokerSettings ownedBy(String command) {
        return new BrokerSettings(data, port, durable, cluster, detour, command);
    }

    /**
     * Several brokers on this machine, each a controller too. Topics have as many copies as there are brokers, up to three.
     *
     * @param node this broker, from 1
     * @param controllerPorts of all nodes, in their order; the same for every node and at every start
     */
    public record Cluster(int node, List<Integer> controllerPorts) {
        public Cluster {
            controllerPorts = List.copyOf(controllerPorts);
            controllerPorts.forEach(BrokerSettings::port);
            if (node < 1 || node > controllerPorts.size()) {
                throw new IllegalArgumentException(
                        "the broker's node is " + node + ", must be from 1 to " + controllerPorts.size());
            }
        }
    }

    /**
     * A listener whose clients are told another port: that of a proxy in between.
     *
     * @param port where the broker listens
     * @param advertisedPort where clients are sent
     */
    public record Detour(int port, int advertisedPort) {
        public Detour {
            BrokerSettings.port(port);
            BrokerSettings.port(advertisedPort);
        }
    }

    private static void port(int port) {
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException("the broker's port is " + port + ", must be from 0 to 65535");
        }
    }
}
