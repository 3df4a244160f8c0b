package dev.limner.cli;

/**
 * A command below {@code limner}, annotated with picocli's {@code @Command}. Found by {@link java.util.ServiceLoader}, so
 * that whoever adds a command adds a class and its name in {@code META-INF/services}; the class is public and has a public
 * constructor without parameters. Help lists the commands in the order in which they are found.
 */
public interface LimnerCommand {}
