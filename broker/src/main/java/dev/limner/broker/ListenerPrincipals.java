package dev.limner.broker;

import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.security.auth.AuthenticationContext;
import org.apache.kafka.common.security.auth.KafkaPrincipal;
import org.apache.kafka.common.security.auth.KafkaPrincipalBuilder;
import org.apache.kafka.common.security.auth.KafkaPrincipalSerde;

/**
 * Whoever comes in by a listener is called like it: rights can be taken from those who come by the detour without a
 * password for anybody. Kafka makes its own; stateless.
 */
public final class ListenerPrincipals implements KafkaPrincipalBuilder, KafkaPrincipalSerde {
    /** The name of everybody who comes by {@link BrokerSettings.Detour}. */
    public static final String DETOUR = "DETOUR";

    @Override
    public KafkaPrincipal build(AuthenticationContext context) {
        return new KafkaPrincipal(KafkaPrincipal.USER_TYPE, context.listenerName());
    }

    @Override
    public byte[] serialize(KafkaPrincipal principal) {
        return principal.getName().getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public KafkaPrincipal deserialize(byte[] bytes) {
        return new KafkaPrincipal(KafkaPrincipal.USER_TYPE, new String(bytes, StandardCharsets.UTF_8));
    }
}
