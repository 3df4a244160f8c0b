package dev.limner.testkit.fault;

import dev.limner.protocol.process.FaultKit;

/** The system properties that the kit goes by in a service. Says nothing of any service's classes. */
public final class KitSettings {
    /** The service that draws images. */
    public static final String WORKER = "worker";

    /** The service that learns. */
    public static final String TRAINER = "trainer";

    /** Folder of a worker's orders, which no other worker looks into. */
    public static final String ORDERS = "orders";

    /** Seeded bugs of a worker, separated by commas. */
    public static final String SABOTAGE = "sabotage";

    /** What is added to a worker's clock, as ISO 8601 has it. */
    public static final String CLOCK_SKEW = "clock-skew";

    /** Where a trainer kills itself, once: a point and, behind a colon, how many times it is passed before. */
    public static final String KILL_AT = "kill-at";

    /** Whether every candidate of a trainer passes the gate, whatever it measures. */
    public static final String PASS_GATE = "pass-gate";

    private KitSettings() {}

    /** The system property of one of the above. */
    public static String property(String service, String setting) {
        return FaultKit.property(service) + "." + setting;
    }

    static String of(String service, String setting, String otherwise) {
        return System.getProperty(property(service, setting), otherwise);
    }
}
