package dev.limner.cli;

import dev.limner.launcher.UsageException;
import dev.limner.protocol.Topics;
import java.util.regex.Pattern;
import picocli.CommandLine.Option;

/** Which brokers and topics a command talks to. */
public final class ClusterOptions {
    public static final int DEFAULT_PORT = 9092;

    private static final Pattern SERVERS = Pattern.compile("[^,\\s]+:\\d{1,5}(\\s*,\\s*[^,\\s]+:\\d{1,5})*");

    @Option(
            names = {"-b", "--bootstrap"},
            paramLabel = "HOST:PORT",
            defaultValue = "localhost:" + DEFAULT_PORT,
            description = "Kafka's bootstrap servers. Default: ${DEFAULT-VALUE}")
    @SuppressWarnings("NullAway.Init")
    private String bootstrap;

    @Option(
            names = "--topic-prefix",
            paramLabel = "PREFIX",
            defaultValue = "limner",
            description = "What the topics' names start with. Default: ${DEFAULT-VALUE}")
    @SuppressWarnings("NullAway.Init")
    private String prefix;

    /** @throws IllegalArgumentException if the prefix is none */
    public Topics topics() {
        return new Topics(prefix);
    }

    /** Kafka's bootstrap servers. */
    public String bootstrap() {
        return checked(bootstrap);
    }

    /** @throws UsageException if these are no bootstrap servers */
    public static String checked(String bootstrap) {
        if (!SERVERS.matcher(bootstrap).matches()) {
            throw new UsageException(
                    "--bootstrap is '" + bootstrap + "', must be HOST:PORT, or several with commas between");
        }
        return bootstrap;
    }
}
