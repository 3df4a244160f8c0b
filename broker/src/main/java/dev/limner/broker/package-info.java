/** An embedded single-node Kafka broker, and the topics of a fleet. */
@NullMarked
package dev.limner.broker;

import org.jspecify.annotations.NullMarked;
