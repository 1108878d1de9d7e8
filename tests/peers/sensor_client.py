import socket
import sensor_messages as sensor

with socket.create_connection(("127.0.0.1", 5000)) as server:
    server.sendall(sensor.to_stream(sensor.build({"type": "request", "seq": 7})))
    for message in sensor.read_messages(server):
        print(sensor.parse(message))
