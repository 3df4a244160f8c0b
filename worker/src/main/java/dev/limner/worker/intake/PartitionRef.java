package dev.limner.worker.intake;

/** A partition of a topic. */
public record PartitionRef(String topic, int number) {}
