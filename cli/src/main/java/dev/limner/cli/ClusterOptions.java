package dev.limner.cli;

import dev.limner.protocol.Topics;
import picocli.CommandLine.Option;

/** Which brokers and topics a command talks to. */
final class ClusterOptions {
    static final int DEFAULT_PORT = 9092;

    @Option(
            names = {"-b", "--bootstrap"},
            paramLabel = "HOST:PORT",
            defaultValue = "localhost:" + DEFAULT_PORT,
            description = "Kafka's bootstrap servers. Default: ${DEFAULT-VALUE}")
    @SuppressWarnings("NullAway.Init")
    String bootstrap;

    @Option(
            names = "--topic-prefix",
            defaultValue = "limner",
            description = "What the topics' names start with. Default: ${DEFAULT-VALUE}")
    @SuppressWarnings("NullAway.Init")
    String prefix;

    Topics topics() {
        return new Topics(prefix);
    }
}
