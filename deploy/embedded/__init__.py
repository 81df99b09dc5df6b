"""The real parts that a run without Docker and root brings: Apache Kafka, PostgreSQL, one port for all."""
