/** What faults are done to: brokers, proxies, workers, disks, and the load that runs meanwhile. */
@NullMarked
package dev.limner.testkit.chaos.cluster;

import org.jspecify.annotations.NullMarked;
