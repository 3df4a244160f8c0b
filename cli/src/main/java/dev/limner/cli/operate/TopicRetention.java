package dev.limner.cli.operate;

import dev.limner.client.FleetClient;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;

/** How long topics keep their records. */
final class TopicRetention {
    private TopicRetention() {}

    /** The longest of the job topics'; negative for ever. */
    static Duration ofJobs(FleetClient client) throws InterruptedException {
        List<ConfigResource> asked = client.topics().allJobs().stream()
                .map(topic -> new ConfigResource(ConfigResource.Type.TOPIC, topic))
                .toList();
        try (Admin admin = client.admin()) {
            long longest = 0;
            for (Config config : admin.describeConfigs(asked).all().get().values()) {
                long millis = Long.parseLong(
                        config.get(TopicConfig.RETENTION_MS_CONFIG).value());
                if (millis < 0) {
                    return Duration.ofMillis(-1);
                }
                longest = Math.max(longest, millis);
            }
            return Duration.ofMillis(longest);
        } catch (ExecutionException e) {
            throw new IllegalStateException("the topics' settings cannot be read: " + e.getCause(), e);
        }
    }
}
