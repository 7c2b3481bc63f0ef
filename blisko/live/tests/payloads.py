"""Reports as the apps send them, byte for byte as far as their sources and documents say."""

TRACCAR8_QUERY = b"id=902064&lat=42.06288&lon=-88.23412&timestamp=2016-01-27T18%3A55%3A47Z&hdop=6.0&altitude=224.0&speed=0.0"
LOCATION_QUERY = b"id=123456&timestamp=1377177267&location=60.0,30.0"
NO_ID_QUERY = b"timestamp=1377177267&lat=60.0&lon=30.0"
TRACCAR8_CLIENT_QUERY = (
    b"id=47290417&timestamp=1795330800&lat=52.2297&lon=21.0122&speed=23.758099&bearing=271.5&altitude=113.2&accuracy=4.8"
    b"&batt=78.0&charge=true&cell=260,1,3301,12345,-71&cell=260,1,3301,12346&wifi=aa-bb-cc-dd-ee-ff,-60&notificationToken=x"
)
OSMAND_APP_QUERY = b"id=7&lat=52.2297&lon=21.0122&timestamp=1795330800123&hdop=3.2&altitude=113.2&speed=12.2"
LOGGER_QUERY = b"deviceid=7&lat=52.2297&lon=21.0122&timestamp=2026-11-22+07%3A00%3A00&heading=90"
HEARTBEAT_QUERY = b"id=47290417&timestamp=1795330800&batt=78.0&driverUniqueId=12"

TRACCAR9_JSON = b"""{
  "location": {
    "event": "motionchange", "is_moving": true, "uuid": "0a1b", "timestamp": "2026-11-22T07:00:00.250Z", "age": 120,
    "odometer": 12345.6,
    "coords": {"latitude": 52.2297, "longitude": 21.0122, "accuracy": 4.8, "speed": 12.5, "speed_accuracy": 1.2,
               "heading": 271.5, "heading_accuracy": 5.0, "altitude": 113.2, "ellipsoidal_altitude": 147.1},
    "activity": {"type": "in_vehicle", "confidence": 100},
    "battery": {"is_charging": false, "level": 0.78},
    "extras": {},
    "_": "&id=47290417&lat=10.5&lon=11.5&timestamp=1&"
  },
  "device_id": "47290417"
}"""
TRACCAR9_UNKNOWNS = b"""{"device_id":"47290417","location":{"timestamp":"2026-11-22T07:00:00Z","mock":true,"is_moving":false,
  "coords":{"latitude":52.2297,"longitude":21.0122,"accuracy":4.8,"speed":-1,"heading":-1,"altitude":113.2},
  "battery":{"level":-1,"is_charging":false}}}"""
TRACCAR9_HEARTBEAT = b"""{"device_id":"47290417","location":{"event":"heartbeat","timestamp":"2026-11-22T07:05:00Z","is_moving":false,
  "coords":{"latitude":52.2297,"longitude":21.0122,"accuracy":4.8,"speed":0,"heading":-1,"altitude":113.2},
  "extras":{"heartbeat":true},"battery":{"level":0.5,"is_charging":true}}}"""
TRACCAR9_NO_COORDS = b'{"device_id":"47290417","location":{"timestamp":"2026-11-22T07:05:00Z","extras":{},"battery":{"level":0.5}}}'

TRACCAR10_FORM = (
    b"id=47290417&lat=52.2297&lon=21.0122&timestamp=1795330800&accuracy=4.8&altitude=113.2&speed=24.30&bearing=271.5&batt=78&charge=false"
)
TRACCAR10_HEARTBEAT = b"id=47290417&timestamp=1795330800&batt=78&charge=true"

OWNTRACKS = b"""{"_type":"location","BSSID":"c0:ff:ee:c0:ff:ee","SSID":"home wifi of a customer","acc":12,"alt":113,"batt":78,"bs":1,
  "cog":271,"conn":"m","created_at":1795330802,"inregions":["depot"],"inrids":["6da9cf"],"lat":52.2297,"lon":21.0122,
  "m":2,"t":"t","tid":"jk","topic":"owntracks/blisko/7","tst":1795330800,"vac":3,"vel":45,"_id":"7ed1c5e2"}"""
OWNTRACKS_STILL = b'{"_type":"location","lat":52.2297,"lon":21.0122,"tst":1795330800,"tid":"jk","batt":-1}'
OWNTRACKS_PING = b'{"_type":"location","lat":52.2297,"lon":21.0122,"tst":1795330800,"tid":"jk","t":"p","acc":12}'
OWNTRACKS_TRANSITION = b"""{"_type":"transition","event":"enter","wtst":1795000000,"tst":1795330800,"lat":52.2297,"lon":21.0122,
  "acc":12,"tid":"jk","desc":"depot","rid":"6da9cf","t":"c"}"""
OWNTRACKS_OTHERS = (
    b'{"_type":"lwt","tst":1795330800}',
    b'{"_type":"status","android":{"wifi":1}}',
    b'{"_type":"waypoint","desc":"depot","lat":52.2297,"lon":21.0122,"rad":50,"tst":1795330800}',
    b'{"_type":"encrypted","data":"rjKYk"}',
    b'{"_type":"card","name":"Jan","tid":"jk"}',
    b'{"_type":"steps","tst":1,"steps":3}',
)
OWNTRACKS_HEADERS = ((b"x-limit-u", b"blisko"), (b"x-limit-d", b"7"))
