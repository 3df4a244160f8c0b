package dev.limner.protocol;

/**
 * Jobs that belong together.
 *
 * @param id the same characters as a job's id
 * @param size how many jobs the group has when it is complete
 */
public record JobGroup(String id, int size) {}
